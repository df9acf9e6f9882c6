-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "a Data-Out with a tag that was never given is rejected, and the right one is still taken",
  covers = { "R-DATA-033", "R-REJ-019", "R-MODEL-014" },
  run = function(lab)
    local target = lab:target { luns = { "1M" }, power_on_attention = false }
    local wire   = lab:wire_initiator {}
    wire:connect { portal = target.portals[1] }
    wire:login { target = target.name }
    wire:send { opcode = "SCSI Command", W = 1, ExpectedDataTransferLength = 512, cdb = "2a 00 00000000 00 0001" }
    local r2t = wire:expect { opcode = "R2T", R2TSN = 0 }
    wire:send { opcode = "Data-Out", TTT = r2t.TTT + 77, DataSN = 0, BufferOffset = 0, pattern = 512 }
    wire:expect { opcode = "Reject" }
    wire:send { opcode = "Data-Out", TTT = r2t.TTT, DataSN = 0, BufferOffset = 0, pattern = 512 }
    wire:expect { opcode = "SCSI Response", Status = 0, ITT = r2t.ITT }
    wire:send { opcode = "Data-Out", TTT = r2t.TTT, DataSN = 0, BufferOffset = 0, pattern = 512 }
    wire:expect { opcode = "Reject" }
    if target.is_embedded then lab:equal(target:counters().writes, 1, "one write was done") end
  end,
}
