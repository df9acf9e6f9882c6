-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "commands behind a gap in CmdSN wait for it, and are then done in order",
  covers = { "R-NUM-007", "R-NUM-009", "R-NUM-022" },
  run = function(lab)
    local target = lab:target { luns = { "1M" }, power_on_attention = false }
    local wire   = lab:wire_initiator {}
    wire:connect { portal = target.portals[1] }
    wire:login { target = target.name, cmd_sn = 10 }
    for cmd_sn = 11, 13 do
      wire:send { opcode = "SCSI Command", cdb = "00", CmdSN = cmd_sn, ITT = cmd_sn }
    end
    wire:expect_silence { lasting = "2s" }
    wire:send { opcode = "NOP-Out", I = 1, CmdSN = 10, ITT = 99 }
    wire:expect { opcode = "NOP-In", ITT = 99, ExpCmdSN = 10 }

    wire:send { opcode = "SCSI Command", cdb = "00", CmdSN = 10, ITT = 10 }
    for cmd_sn = 10, 13 do
      local response = wire:expect { opcode = "SCSI Response", ITT = cmd_sn, Status = 0 }
      lab:expect(response.ExpCmdSN > cmd_sn, "the status does not come before its acknowledgement")
    end
  end,
}
