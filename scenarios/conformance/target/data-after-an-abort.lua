-- SPDX-License-Identifier: Apache-2.0
-- What its initiator had sent before it heard of the abort comes late, and is nobody's fault.
return scenario {
  title  = "Data-Out of a task that was just aborted are dropped, and not rejected",
  covers = { "R-TMF-031" },
  run = function(lab)
    local target = lab:target { luns = { "1M" }, power_on_attention = false }
    local wire   = lab:wire_initiator {}
    wire:connect { portal = target.portals[1] }
    wire:login { target = target.name }
    wire:send { opcode = "SCSI Command", ITT = 7, W = 1, ExpectedDataTransferLength = 1024, cdb = "2a 00 00000000 00 0002" }
    local r2t = wire:expect { opcode = "R2T", ITT = 7 }
    wire:send { opcode = "Task Management Function Request", I = 1, Function = 1, ITT = 8, ReferencedTaskTag = 7,
                RefCmdSN = wire.cmd_sn - 1 }
    wire:expect { opcode = "Task Management Function Response", ITT = 8, Response = 0 }
    wire:send { opcode = "Data-Out", ITT = 7, TTT = r2t.TTT, F = 0, DataSN = 0, BufferOffset = 0, pattern = 512 }
    wire:send { opcode = "Data-Out", ITT = 7, TTT = r2t.TTT, F = 1, DataSN = 1, BufferOffset = 512, pattern = 512 }
    wire:expect_silence { lasting = "2s" }
    wire:send { opcode = "SCSI Command", ITT = 7, cdb = "00" }
    wire:expect { opcode = "SCSI Response", ITT = 7, Status = 0 }
    lab:equal(target:counters().writes, 0, "nothing was written")
  end,
}
