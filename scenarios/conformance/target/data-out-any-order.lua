-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "where the order of PDUs was agreed away Data-Out comes in any, but no byte of it twice and none is left out",
  covers = { "R-KEY-039", "R-DATA-037", "R-DATA-043" },
  run = function(lab)
    local target = lab:target { luns = { "1M" }, power_on_attention = false, keys = { DataPDUInOrder = "No" } }
    local function write(parts) -- offset, length, F
      local wire = lab:wire_initiator {}
      wire:connect { portal = target.portals[1] }
      wire:login { target = target.name, keys = { { "DataPDUInOrder", "No" } } }
      wire:send { opcode = "SCSI Command", W = 1, ExpectedDataTransferLength = 2048, cdb = "2a 00 00000000 00 0004" }
      local tag = wire:expect { opcode = "R2T" }.TTT
      for n, part in ipairs(parts) do
        wire:send { opcode = "Data-Out", TTT = tag, DataSN = n - 1, BufferOffset = part[1], pattern = part[2], F = part[3] }
      end
      return wire
    end
    write({ { 1536, 512, 0 }, { 0, 512, 0 }, { 512, 1024, 1 } }):expect { opcode = "SCSI Response", Status = 0 }
    if target.is_embedded then lab:equal(target:counters().writes, 1, "the write was done") end

    local wrong = { { { 1536, 512, 0 }, { 1024, 1024, 1 } }, -- twice
                    { { 1536, 512, 0 }, { 0, 1024, 1 } }, -- a hole
                    { { 1536, 512, 0 }, { 0, 2048, 1 } } } -- more than there is
    for _, parts in ipairs(wrong) do
      local wire = write(parts)
      wire:expect { opcode = "Reject", Reason = 4 }
      local response = wire:expect { opcode = "SCSI Response", Status = 2 }
      lab:equal(response.data:byte(5) & 0x0f, 0x0b, "the sense key is ABORTED COMMAND")
    end
    if target.is_embedded then lab:equal(target:counters().writes, 1, "and nothing else was written") end
  end,
}
