-- SPDX-License-Identifier: Apache-2.0
-- A rejected command has no place in the order: its CmdSN is still to come (RFC 7143 7.3).
return scenario {
  title  = "a command with the tag of a live one is rejected, and its CmdSN stays open",
  covers = { "R-MODEL-015", "R-REJ-006", "R-REJ-020", "R-REJ-021" },
  run = function(lab)
    local target = lab:target { luns = { "1M" }, power_on_attention = false }
    local wire   = lab:wire_initiator {}
    wire:connect { portal = target.portals[1] }
    wire:login { target = target.name }
    wire:send { opcode = "SCSI Command", ITT = 7, W = 1, ExpectedDataTransferLength = 512, cdb = "2a 00 00000000 00 0001" }
    local r2t = wire:expect { opcode = "R2T", ITT = 7 }
    local cmd_sn = wire.cmd_sn
    wire:send { opcode = "SCSI Command", ITT = 7, CmdSN = cmd_sn, cdb = "00" }
    wire:expect { opcode = "Reject", Reason = 7, ExpCmdSN = cmd_sn }
    wire:send { opcode = "Data-Out", ITT = 7, TTT = r2t.TTT, BufferOffset = 0, pattern = 512 }
    wire:expect { opcode = "SCSI Response", ITT = 7, Status = 0, ExpCmdSN = cmd_sn }
    wire:send { opcode = "SCSI Command", ITT = 8, CmdSN = cmd_sn, cdb = "00" }
    wire:expect { opcode = "SCSI Response", ITT = 8, Status = 0, ExpCmdSN = cmd_sn + 1 }
  end,
}
