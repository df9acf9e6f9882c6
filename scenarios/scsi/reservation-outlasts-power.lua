-- SPDX-License-Identifier: Apache-2.0
-- SPC-4 5.12.4: APTPL of the last registration says whether a loss of power takes all of it or nothing.
return scenario {
  title = "a reservation is there after a loss of power if its owner asked for that, and only then",
  run = function(lab)
    local target = lab:target { luns = { "1M" }, power_on_attention = false }
    local key, none = "00000000000000a1", "0000000000000000"
    local owner = lab:initiator {}:connect_target { node_address = target.name }
    local other = lab:initiator {}:connect_target { node_address = target.name }
    local function reserve_out(session, action, old, new, type, aptpl)
      local cdb = ("5f%02x%02x00000000001800"):format(action, type or 0)
      return session:start_command { cdb = cdb, data = old .. new .. ("%08x%08x"):format(0, aptpl and 0x01000000 or 0) }:wait()
    end
    local function write(session) return session:start_command { cdb = "2a000000000000000100", write = 512 }:wait() end
    local function lose_power()
      target:power_cut()
      lab:sleep("1s")
      target:start()
      lab:within("60s", "both are back", function() return owner.is_connected and other.is_connected end)
    end
    lab:equal(reserve_out(owner, 0, none, key, 0, true), "GOOD", "registered, to last")
    lab:equal(reserve_out(owner, 1, key, none, 3), "GOOD", "reserved")
    lose_power()
    lab:equal(write(other), "RESERVATION CONFLICT", "it has lasted")
    lab:equal(write(owner), "GOOD", "and is its owner's, in a session of another life")
    lab:equal(reserve_out(owner, 0, key, key, 0, false), "GOOD", "registered anew, not to last")
    lose_power()
    lab:equal(write(other), "GOOD", "it is gone")
    lab:equal(reserve_out(owner, 1, key, none, 3), "RESERVATION CONFLICT", "and the registration with it")
  end,
}
