-- SPDX-License-Identifier: Apache-2.0
-- RFC 7143 6.3: the start is stage 0 or 1, and only 0 -> 1, 0 -> 3 and 1 -> 3 are steps.
return scenario {
  title  = "a login that starts or steps where no stage is gets an initiator error",
  covers = { "R-LOGIN-014", "R-LOGIN-044", "R-LOGIN-063", "R-LOGIN-065", "R-TEXT-013" },
  run = function(lab)
    local target = lab:target { luns = { "1M" } }
    local illegal = {
      { CSG = 0, NSG = 0 }, { CSG = 0, NSG = 2 }, { CSG = 1, NSG = 0 }, { CSG = 1, NSG = 1 },
      { CSG = 1, NSG = 2 }, { CSG = 2, NSG = 3 }, { CSG = 3, NSG = 3 }, { CSG = 1, NSG = 3, C = 1 },
    }
    for _, step in ipairs(illegal) do
      local wire = lab:wire_initiator {}
      wire:connect { portal = target.portals[1] }
      wire:send { opcode = "Login Request", T = 1, CSG = step.CSG, NSG = step.NSG, C = step.C, ISID = 0x400001370001,
                  text = { { "InitiatorName", wire.name }, { "TargetName", target.name }, { "SessionType", "Normal" } } }
      wire:expect { opcode = "Login Response", Status = 0x0200, T = 0 }
      wire:expect_close { within = "5s" }
    end
    if target.is_embedded then lab:equal(target:counters().sessions, 0, "no session came about") end
  end,
}
