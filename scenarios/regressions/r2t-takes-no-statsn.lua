-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "an R2T shows the next StatSN and does not use it up",
  covers = { "bug:B64", "R-NUM-024" },
  run = function(lab)
    local target = lab:target { luns = { "1M" }, power_on_attention = false, first_stat_sn = 0xfffffffe,
                                keys = { MaxBurstLength = 4096, FirstBurstLength = 4096, InitialR2T = "Yes", ImmediateData = "No" } }
    local wire   = lab:wire_initiator {}
    wire:connect { portal = target.portals[1] }
    wire:login { target = target.name, keys = { { "MaxBurstLength", "4096" }, { "FirstBurstLength", "4096" },
                                                { "InitialR2T", "Yes" }, { "ImmediateData", "No" } } }
    local next_sn
    for tag = 1, 8 do
      wire:send { opcode = "SCSI Command", ITT = tag, W = 1, ExpectedDataTransferLength = 16384, cdb = "2a 00 00000000 00 0020" }
      for n = 0, 3 do
        local r2t = wire:expect { opcode = "R2T", ITT = tag, R2TSN = n, BufferOffset = n * 4096, DesiredDataTransferLength = 4096 }
        next_sn = next_sn or r2t.StatSN
        lab:equal(r2t.StatSN, next_sn, "the R2T shows what comes next")
        wire:send { opcode = "Data-Out", ITT = tag, TTT = r2t.TTT, F = 1, DataSN = 0, BufferOffset = n * 4096, pattern = 4096 }
      end
      wire:expect { opcode = "SCSI Response", ITT = tag, Status = 0, StatSN = next_sn }
      next_sn = next_sn + 1 & 0xffffffff
    end
  end,
}
