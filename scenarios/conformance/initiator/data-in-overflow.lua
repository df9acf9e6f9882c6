-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "a Data-In beyond what was asked for, or out of turn, costs the connection, and the read is done again",
  covers = { "R-DATA-037", "R-DATA-038", "R-NUM-028", "R-MODEL-014" },
  liveness = "60s",
  run = function(lab)
    local wrong = {
      { pattern = 1024 }, { BufferOffset = 4, pattern = 512 }, { DataSN = 1, pattern = 512 },
      { ITT = 0x12345678, pattern = 512 }, { BufferOffset = 0xfffffffc, pattern = 512 },
    }
    for _, fields in ipairs(wrong) do
      local wire    = lab:wire_target {}
      local attempt = lab:initiator {}:start_connect_target { node_address = wire.name, portal = wire.portal }
      wire:accept {}
      wire:login {}
      local read = attempt:wait():start_command { cdb = "28 00 00000000 00 0001", read = 512 }
      wire:expect { opcode = "SCSI Command", R = 1, ExpectedDataTransferLength = 512 }
      local data_in = { opcode = "Data-In", F = 0 }
      for name, value in pairs(fields) do data_in[name] = value end
      wire:send(data_in)
      wire:expect_close { within = "5s" }

      wire:accept {}
      wire:login {}
      wire:expect { opcode = "SCSI Command", R = 1, ExpectedDataTransferLength = 512 }
      wire:send { opcode = "Data-In", S = 1, pattern = 512 }
      lab:equal(read:wait(), "GOOD", "the read is done")
      lab:equal(#read.data, 512, "with what was asked for, and no byte more")
    end
  end,
}
