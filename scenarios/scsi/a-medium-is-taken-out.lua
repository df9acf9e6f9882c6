-- SPDX-License-Identifier: Apache-2.0
-- Two hosts share a removable disk: one keeps the medium in, and the other learns that it was changed.
return scenario {
  title = "a medium stays in while one host wants it, and the others are told of the next",
  run = function(lab)
    local target  = lab:target { luns = { "1M" }, removable = true }
    local session = lab:initiator {}:connect_target { node_address = target.name }
    local other   = lab:initiator {}:connect_target { node_address = target.name }
    local ready   = "00 00 00 00 00 00"
    local eject   = "1b 00 00 00 02 00"
    local load    = "1b 00 00 00 03 00"
    local function ends(where, cdb, result)
      local got = where:start_command { cdb = cdb }:wait()
      lab:expect(got:find(result, 1, true), cdb .. ": " .. got)
    end
    ends(session, "1e 00 00 00 01 00", "GOOD")
    ends(other, eject, "CHECK CONDITION, ILLEGAL REQUEST")
    session:disconnect()
    ends(other, eject, "GOOD")
    ends(other, ready, "CHECK CONDITION, NOT READY")
    ends(other, load, "GOOD")
    ends(other, ready, "GOOD")
  end,
}
