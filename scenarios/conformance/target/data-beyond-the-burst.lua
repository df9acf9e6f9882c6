-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "data that nobody asked for, or more of it than was asked for, never reaches the disk",
  covers = { "R-DATA-003", "R-DATA-004", "R-DATA-022", "R-DATA-037", "R-REJ-013" },
  run = function(lab)
    local target = lab:target { luns = { "1M" }, power_on_attention = false, keys = { InitialR2T = "No", FirstBurstLength = 1024 } }
    local write = "2a 00 00000000 00 0004"
    local function aborted(keys, final, length, is_rejected)
      local wire = lab:wire_initiator {}
      wire:connect { portal = target.portals[1] }
      wire:login { target = target.name, keys = keys }
      wire:send { opcode = "SCSI Command", F = final, W = 1, ExpectedDataTransferLength = 2048, cdb = write }
      local tag = final == 1 and wire:expect { opcode = "R2T" }.TTT or 0xffffffff
      wire:send { opcode = "Data-Out", TTT = tag, BufferOffset = 0, pattern = length }
      if is_rejected then wire:expect { opcode = "Reject", Reason = 4 } end
      local response = wire:expect { opcode = "SCSI Response", Status = 2 }
      lab:equal(response.data:byte(5) & 0x0f, 0x0b, "the sense key is ABORTED COMMAND")
    end
    -- unsolicited where InitialR2T is in force; more than FirstBurstLength; more than an R2T asked for
    aborted({}, 0, 512, false)
    aborted({ { "InitialR2T", "No" }, { "FirstBurstLength", 1024 } }, 0, 1536, true)
    aborted({}, 1, 4096, true)
    if target.is_embedded then lab:equal(target:counters().writes, 0, "nothing was written") end
  end,
}
