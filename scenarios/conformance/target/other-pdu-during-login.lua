-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "a PDU that is no Login Request in the midst of a login is answered 020bh, and the connection ends",
  covers = { "R-MODEL-007", "R-LOGIN-075", "R-LOGIN-063" },
  run = function(lab)
    local target = lab:target { luns = { "1M" } }
    local wire   = lab:wire_initiator {}
    wire:connect { portal = target.portals[1] }
    wire:send { opcode = "Login Request", CSG = 1, ISID = 0x400001370001,
                text = { { "InitiatorName", wire.name }, { "TargetName", target.name }, { "SessionType", "Normal" } } }
    wire:expect { opcode = "Login Response", Status = 0, T = 0, CSG = 1 }
    wire:send { opcode = "SCSI Command", cdb = "00" }
    wire:expect { opcode = "Login Response", Status = 0x020b }
    wire:expect_close { within = "5s" }
    if target.is_embedded then lab:equal(target:counters().sessions, 0, "no session came about") end
  end,
}
