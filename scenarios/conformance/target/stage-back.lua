-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "after the operational stage there is no way back to the security stage",
  covers = { "R-LOGIN-007", "R-LOGIN-011", "R-LOGIN-060" },
  run = function(lab)
    local target = lab:target { luns = { "1M" } }
    local wire   = lab:wire_initiator {}
    wire:connect { portal = target.portals[1] }
    wire:send { opcode = "Login Request", T = 0, CSG = 1, ISID = 0x400001370001,
                text = { { "InitiatorName", wire.name }, { "TargetName", target.name }, { "SessionType", "Normal" } } }
    wire:expect { opcode = "Login Response", Status = 0, T = 0, CSG = 1 }
    wire:send { opcode = "Login Request", T = 1, CSG = 0, NSG = 1, ISID = 0x400001370001,
                text = { { "AuthMethod", "None" } } }
    wire:expect { opcode = "Login Response", Status = 0x0200 }
    wire:expect_close { within = "5s" }
  end,
}
