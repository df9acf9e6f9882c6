-- SPDX-License-Identifier: Apache-2.0
-- RFC 7143 4.4.2: the initiator port is its name and the ISID. SPC-4 5.12: a registration belongs to it, not to a session.
return scenario {
  title  = "an initiator that comes back under its ISID is still registered, and under another one it is a stranger",
  covers = { "bug:B46", "R-ISID-004" },
  run = function(lab)
    local target = lab:target { luns = { "1M" }, power_on_attention = false }
    local key, none = "00000000000000a1", "0000000000000000"
    local host = lab:initiator {}
    local session = host:connect_target { node_address = target.name, isid = 0x400001370004 }
    local function reserve_out(action, old, new, type)
      local cdb = ("5f%02x%02x00000000001800"):format(action, type or 0)
      return session:start_command { cdb = cdb, data = old .. new .. ("00"):rep(8) }:wait()
    end
    local function write() return session:start_command { cdb = "2a000000000000000100", write = 512 }:wait() end
    lab:equal(reserve_out(0, none, key), "GOOD", "registered")
    lab:equal(reserve_out(1, key, none, 3), "GOOD", "reserved")
    session:disconnect()
    session = host:connect_target { node_address = target.name, isid = 0x400001370004 }
    lab:equal(write(), "GOOD", "the same port after a logout")
    session:disconnect()
    session = host:connect_target { node_address = target.name, isid = 0x400001370005 }
    lab:equal(write(), "RESERVATION CONFLICT", "another port of the same node")
    lab:equal(reserve_out(0, none, "00000000000000a2"), "GOOD", "it may register")
    lab:equal(reserve_out(4, "00000000000000a2", key, 3), "GOOD", "and preempt what its former self has")
    lab:equal(write(), "GOOD", "and so has its disk again")
  end,
}
