-- SPDX-License-Identifier: Apache-2.0
-- RFC 7143 4.2.2.1: what is outside [ExpCmdSN, MaxCmdSN], or there already, is ignored without a word.
return scenario {
  title  = "a command outside the window is ignored, and so is one that came before",
  covers = { "R-NUM-012", "R-NUM-013", "R-NUM-014", "R-NUM-019" },
  run = function(lab)
    local target = lab:target { luns = { "1M" }, power_on_attention = false, queue_depth = 4 }
    local wire   = lab:wire_initiator {}
    wire:connect { portal = target.portals[1] }
    local final = wire:login { target = target.name, cmd_sn = 0xfffffffe }
    lab:equal(final.ExpCmdSN, 0xfffffffe, "ExpCmdSN begins with the login's CmdSN")

    wire:send { opcode = "SCSI Command", cdb = "00", CmdSN = final.MaxCmdSN + 1 & 0xffffffff }
    wire:send { opcode = "SCSI Command", cdb = "00", CmdSN = final.ExpCmdSN - 1 }
    wire:expect_silence { lasting = "2s" }
    wire:send { opcode = "NOP-Out", I = 1, CmdSN = final.MaxCmdSN + 1 & 0xffffffff }
    wire:expect { opcode = "NOP-In", ExpCmdSN = final.ExpCmdSN, MaxCmdSN = final.MaxCmdSN }

    wire:send { opcode = "SCSI Command", cdb = "00", CmdSN = 0xfffffffe }
    wire:send { opcode = "SCSI Command", cdb = "00", CmdSN = 0xfffffffe }
    wire:expect { opcode = "SCSI Response", Status = 0, ExpCmdSN = 0xffffffff }
    wire:expect_silence { lasting = "2s" }
    if target.is_embedded then lab:equal(target:counters().commands, 1, "one command was done") end
  end,
}
