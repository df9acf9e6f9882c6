-- SPDX-License-Identifier: Apache-2.0
-- SAM-5 5.14: whoever did not ask for the reset learns of it before the next command of theirs is done.
return scenario {
  title  = "the reset of a unit is told to the other initiators, once, and not to the one that asked for it",
  covers = { "R-TMF-013" },
  run = function(lab)
    local target = lab:target { luns = { "1M" }, power_on_attention = false }
    local asks, hears = lab:wire_initiator {}, lab:wire_initiator {}
    for _, wire in ipairs { asks, hears } do
      wire:connect { portal = target.portals[1] }
      wire:login { target = target.name }
    end
    asks:send { opcode = "Task Management Function Request", I = 1, Function = 5, ITT = 1, ReferencedTaskTag = 0xffffffff }
    asks:expect { opcode = "Task Management Function Response", Response = 0 }
    hears:send { opcode = "SCSI Command", ITT = 2, cdb = "00" }
    local told = hears:expect { opcode = "SCSI Response", Status = 2 }
    lab:equal(told.data:byte(5) & 0x0f, 0x06, "the sense key is UNIT ATTENTION")
    lab:equal(told.data:byte(15) << 8 | told.data:byte(16), 0x2903, "for the reset")
    for _, wire in ipairs { asks, hears } do
      wire:send { opcode = "SCSI Command", ITT = 3, cdb = "00" }
      wire:expect { opcode = "SCSI Response", Status = 0 }
    end
  end,
}
