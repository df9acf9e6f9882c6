-- SPDX-License-Identifier: Apache-2.0
-- SPC-4 5.12.1: who holds nothing reads where writes are reserved, and writes again when that is released.
return scenario {
  title = "a unit that one initiator reserved for its writes is read by another, and not written",
  run = function(lab)
    local target = lab:target { luns = { "1M" }, power_on_attention = false }
    local key, none = "00000000000000a1", "0000000000000000"
    local owner = lab:initiator {}:connect_target { node_address = target.name }
    local other = lab:initiator {}:connect_target { node_address = target.name }
    local function reserve_out(session, action, old, new, type)
      local cdb = ("5f%02x%02x0000000000" .. "1800"):format(action, type or 0)
      return session:start_command { cdb = cdb, data = old .. new .. ("00"):rep(8) }:wait()
    end
    local function read(session) return session:start_command { cdb = "28000000000000000100", read = 512 }:wait() end
    local function write(session) return session:start_command { cdb = "2a000000000000000100", write = 512 }:wait() end
    lab:equal(reserve_out(owner, 0, none, key), "GOOD", "registered")
    lab:equal(reserve_out(other, 1, key, none, 1), "RESERVATION CONFLICT", "who is not registered reserves nothing")
    lab:equal(reserve_out(owner, 1, key, none, 1), "GOOD", "writes are reserved")
    lab:equal(write(owner), "GOOD", "to the owner")
    lab:equal(read(other), "GOOD", "the other reads")
    lab:equal(write(other), "RESERVATION CONFLICT", "and does not write")
    lab:equal(owner:lun_reset(1), "function complete", "a reset")
    lab:equal(write(other), "RESERVATION CONFLICT", "changes nothing")
    lab:equal(reserve_out(owner, 2, key, none, 1), "GOOD", "released")
    lab:equal(write(other), "GOOD", "the other writes")
  end,
}
