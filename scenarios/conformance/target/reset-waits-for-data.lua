-- SPDX-License-Identifier: Apache-2.0
-- RFC 7143 4.2.3.3: before a function of many tasks is answered, its initiator answers every R2T of theirs.
return scenario {
  title  = "a LUN reset is answered when the data that R2Ts have asked for are there",
  covers = { "R-TMF-040", "R-TMF-041" },
  run = function(lab)
    local target = lab:target { luns = { "1M" }, power_on_attention = false }
    local wire   = lab:wire_initiator {}
    wire:connect { portal = target.portals[1] }
    wire:login { target = target.name }
    wire:send { opcode = "SCSI Command", ITT = 7, W = 1, ExpectedDataTransferLength = 1024, cdb = "2a 00 00000000 00 0002" }
    local r2t = wire:expect { opcode = "R2T", ITT = 7 }
    wire:send { opcode = "Task Management Function Request", I = 1, Function = 5, ITT = 8, ReferencedTaskTag = 0xffffffff }
    wire:expect_silence { lasting = "2s" }
    wire:send { opcode = "Data-Out", ITT = 7, TTT = r2t.TTT, F = 1, BufferOffset = 0, pattern = 1024 }
    wire:expect { opcode = "Task Management Function Response", ITT = 8, Response = 0 }
    wire:expect_silence { lasting = "2s" } -- and the task has no status
    lab:equal(target:counters().writes, 0, "nothing was written")
  end,
}
