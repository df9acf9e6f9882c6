-- SPDX-License-Identifier: Apache-2.0
-- What a unit has to tell an initiator is that initiator's, whichever of its sessions comes for it first.
return scenario {
  title  = "what was not told yet when a session is reinstated is told to the next one, first",
  covers = { "R-REIN-009" },
  run = function(lab)
    local target = lab:target { luns = { "1M" } }
    local name
    for login = 1, 3 do
      local wire = lab:wire_initiator { name = name }
      name = wire.name
      wire:connect { portal = target.portals[1] }
      wire:login { target = target.name }
      if login == 3 then
        wire:send { opcode = "SCSI Command", cdb = "00" }
        local told = wire:expect { opcode = "SCSI Response", Status = 2 }
        lab:equal(told.data:byte(15) << 8 | told.data:byte(16), 0x2900, "power on, which nobody has heard of yet")
        wire:send { opcode = "SCSI Command", cdb = "00" }
        wire:expect { opcode = "SCSI Response", Status = 0 }
      end
    end
    lab:equal(target:counters().reinstatements, 2, "each login ended the session before it")
  end,
}
