-- SPDX-License-Identifier: Apache-2.0
-- A Data-Out with a number that is not its turn: rejected, and the command fails when its last Data-Out is here.
return scenario {
  title  = "a Data-Out out of number is rejected, and its command ends with CHECK CONDITION",
  covers = { "R-NUM-029", "R-REJ-013", "R-REJ-014", "R-REJ-019" },
  run = function(lab)
    local target = lab:target { luns = { "1M" }, power_on_attention = false }
    local wire   = lab:wire_initiator {}
    wire:connect { portal = target.portals[1] }
    wire:login { target = target.name }
    wire:send { opcode = "SCSI Command", W = 1, ExpectedDataTransferLength = 2048, cdb = "2a 00 00000000 00 0004" }
    local r2t = wire:expect { opcode = "R2T", R2TSN = 0, BufferOffset = 0, DesiredDataTransferLength = 2048 }

    wire:send { opcode = "Data-Out", TTT = r2t.TTT, F = 0, DataSN = 0, BufferOffset = 0, pattern = 512 }
    wire:send { opcode = "Data-Out", TTT = r2t.TTT, F = 0, DataSN = 2, BufferOffset = 512, pattern = 512 }
    wire:expect { opcode = "Reject", Reason = 4 }
    wire:expect_silence { lasting = "1s" }
    wire:send { opcode = "Data-Out", TTT = r2t.TTT, F = 1, DataSN = 3, BufferOffset = 1024, pattern = 1024 }
    local response = wire:expect { opcode = "SCSI Response", ITT = r2t.ITT, Status = 2 }
    lab:equal(response.data:byte(5) & 0x0f, 0x0b, "the sense key is ABORTED COMMAND")
    if target.is_embedded then lab:equal(target:counters().writes, 0, "nothing was written") end
  end,
}
