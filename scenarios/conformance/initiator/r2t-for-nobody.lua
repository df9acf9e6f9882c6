-- SPDX-License-Identifier: Apache-2.0
-- What the target asks for must belong to a task, and to its data. A session is worth nothing after that: a new one is made.
return scenario {
  title  = "an R2T for no task, or for more than there is, costs the connection, and the write is done again",
  covers = { "R-MODEL-014", "R-MODEL-015", "R-DATA-006", "R-DATA-049" },
  liveness = "60s",
  run = function(lab)
    local wrong = {
      { ITT = 0x12345678 }, { BufferOffset = 512 }, { DesiredDataTransferLength = 2048 },
      { DesiredDataTransferLength = 0 }, { R2TSN = 1 },
    }
    for _, fields in ipairs(wrong) do
      local wire    = lab:wire_target {}
      local attempt = lab:initiator {}:start_connect_target { node_address = wire.name, portal = wire.portal }
      wire:accept {}
      wire:login { keys = { InitialR2T = "Yes", ImmediateData = "No" } }
      local write = attempt:wait():start_command { cdb = "2a 00 00000000 00 0002", write = 1024 }
      wire:expect { opcode = "SCSI Command", W = 1, ExpectedDataTransferLength = 1024 }
      local r2t = { opcode = "R2T", TTT = 5, DesiredDataTransferLength = 1024 }
      for name, value in pairs(fields) do r2t[name] = value end
      wire:send(r2t)
      wire:expect_close { within = "5s" }

      wire:accept {}
      wire:login { keys = { InitialR2T = "Yes", ImmediateData = "No" } }
      wire:expect { opcode = "SCSI Command", W = 1, ExpectedDataTransferLength = 1024 }
      wire:send { opcode = "R2T", TTT = 6, DesiredDataTransferLength = 1024 }
      wire:expect { opcode = "Data-Out", TTT = 6, DataSN = 0, F = 1, DataSegmentLength = 1024 }
      wire:send { opcode = "SCSI Response", Status = 0 }
      lab:equal(write:wait(), "GOOD", "the write is done")
    end
  end,
}
