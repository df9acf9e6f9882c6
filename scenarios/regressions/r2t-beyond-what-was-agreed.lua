-- SPDX-License-Identifier: Apache-2.0
-- MaxBurstLength is 4096, one R2T may be open, and the WRITE has 16 KiB.
return scenario {
  title    = "an R2T for more than a burst, for more than there is, twice or at the wrong place is answered by no data",
  covers   = { "bug:B78" },
  liveness = "60s",
  run = function(lab)
    local keys  = { InitialR2T = "Yes", ImmediateData = "No", MaxBurstLength = 4096, FirstBurstLength = 4096, MaxRecvDataSegmentLength = 4096 }
    local wrong = {
      { DesiredDataTransferLength = 4097 }, { DesiredDataTransferLength = 0xffffffff }, { BufferOffset = 16384 },
      { BufferOffset = 0 }, { BufferOffset = 8192 }, { BufferOffset = 0xfffff000 }, { R2TSN = 0 }, { R2TSN = 2 }, { DesiredDataTransferLength = 0 },
    }
    for _, fields in ipairs(wrong) do
      local wire    = lab:wire_target {}
      local attempt = lab:initiator {}:start_connect_target { node_address = wire.name, portal = wire.portal }
      wire:accept {}
      wire:login { keys = keys }
      local write = attempt:wait():start_command { cdb = "2a 00 00000000 00 0020", write = 16384 }
      for attempt = 1, 2 do
        wire:expect { opcode = "SCSI Command", W = 1 }
        for n = 0, 3 do
          local r2t = { opcode = "R2T", TTT = n, R2TSN = n, BufferOffset = n * 4096, DesiredDataTransferLength = 4096 }
          if attempt == 1 and n == 1 then
            for name, value in pairs(fields) do r2t[name] = value end
          end
          wire:send(r2t)
          if attempt == 1 and n == 1 then
            wire:expect_close { within = "1s", how = "rst" }
            wire:accept {}
            wire:login { tsih = 2, keys = keys }
            break
          end
          wire:expect { opcode = "Data-Out", TTT = n, DataSN = 0, F = 1, BufferOffset = n * 4096, DataSegmentLength = 4096 }
        end
      end
      wire:send { opcode = "SCSI Response", Status = 0 }
      lab:equal(write:wait(), "GOOD", "the write is done")
    end
  end,
}
