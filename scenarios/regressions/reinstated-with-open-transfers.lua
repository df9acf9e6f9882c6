-- SPDX-License-Identifier: Apache-2.0
-- Four R2Ts are open and nobody answers them when the same initiator port logs in once more, on another connection.
return scenario {
  title  = "a login that reinstates a session ends its open transfers first, and nothing of them is written",
  covers = { "bug:B42", "R-REIN-009" },
  run = function(lab)
    local target = lab:target { luns = { "1M" }, power_on_attention = false,
                                keys = { MaxOutstandingR2T = 4, MaxBurstLength = 4096, FirstBurstLength = 4096, InitialR2T = "Yes", ImmediateData = "No" } }
    local keys   = { { "MaxOutstandingR2T", "4" }, { "MaxBurstLength", "4096" }, { "FirstBurstLength", "4096" }, { "InitialR2T", "Yes" }, { "ImmediateData", "No" } }
    local before = nil
    for round = 1, 5 do
      local wire = lab:wire_initiator { name = "iqn.2026-01.example:host" }
      wire:connect { portal = target.portals[1] }
      wire:login { target = target.name, keys = keys }
      if before then before:expect_close { discard = true } end
      wire:send { opcode = "SCSI Command", W = 1, ExpectedDataTransferLength = 16384, cdb = "2a 00 00000000 00 0020" }
      local r2t = wire:expect { opcode = "R2T", DesiredDataTransferLength = 4096 }
      for n = 1, 3 do wire:expect { opcode = "R2T", R2TSN = n } end
      wire:send { opcode = "Data-Out", ITT = r2t.ITT, TTT = r2t.TTT, F = 0, DataSN = 0, pattern = 2048 }
      before = wire
    end
    lab:equal(target:counters().sessions, 1, "there is one session")
    lab:equal(target:counters().reinstatements, 4, "the others were reinstated")
    before:reset()
    lab:sleep("1s")
    lab:equal(target:counters().writes, 0, "no half of a WRITE was done")
  end,
}
