-- SPDX-License-Identifier: Apache-2.0
-- RFC 7143 4.2.4: there is one login phase in the life of a connection.
return scenario {
  title  = "a Login Request in full feature phase is rejected, and the session goes on",
  covers = { "R-MODEL-005", "R-REJ-003", "R-REJ-016", "R-REJ-017", "R-REJ-018" },
  run = function(lab)
    local target = lab:target { luns = { "1M" }, power_on_attention = false }
    local wire   = lab:wire_initiator {}
    wire:connect { portal = target.portals[1] }
    local final = wire:login { target = target.name }
    wire:send { opcode = "Login Request", T = 1, CSG = 1, NSG = 3, ISID = 0x400001370001,
                text = { { "InitiatorName", wire.name }, { "TargetName", target.name }, { "SessionType", "Normal" } } }
    local reject = wire:expect { opcode = "Reject", Reason = 4, F = 1, ITT = 0xffffffff,
                                 StatSN = final.StatSN + 1 }
    lab:equal(#reject.data, 48, "the Reject holds the header")
    lab:equal(reject.data:byte(1), 0x43, "of the Login Request")
    wire:send { opcode = "SCSI Command", cdb = "00" }
    wire:expect { opcode = "SCSI Response", Status = 0, StatSN = final.StatSN + 2 }
    if target.is_embedded then lab:equal(target:counters().logins, 1, "it took one login") end
  end,
}
