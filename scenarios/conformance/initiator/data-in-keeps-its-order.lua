-- SPDX-License-Identifier: Apache-2.0
-- RFC 7143 13.18, 13.19: with DataPDUInOrder and DataSequenceInOrder, which are Yes unless agreed away, offsets only go on.
return scenario {
  title  = "a Data-In that leaves a part out, or goes back, costs the connection, and the read is done again",
  covers = { "R-KEY-039", "R-KEY-040", "R-DATA-037" },
  liveness = "60s",
  run = function(lab)
    for _, offsets in ipairs { { 512 }, { 0, 1024 }, { 0, 0 }, { 0, 256 } } do
      local wire    = lab:wire_target {}
      local attempt = lab:initiator {}:start_connect_target { node_address = wire.name, portal = wire.portal }
      wire:accept {}
      wire:login {}
      local read = attempt:wait():start_command { cdb = "28 00 00000000 00 0003", read = 1536 }
      local tag = wire:expect { opcode = "SCSI Command", R = 1 }.ITT
      for n, offset in ipairs(offsets) do
        wire:send { opcode = "Data-In", ITT = tag, DataSN = n - 1, BufferOffset = offset, F = 0, pattern = 512 }
      end
      wire:expect_close { within = "5s" }
      lab:expect(not read.is_done, "it was not taken")

      wire:accept {}
      wire:login {}
      tag = wire:expect { opcode = "SCSI Command", R = 1 }.ITT
      wire:send { opcode = "Data-In", ITT = tag, DataSN = 0, BufferOffset = 0, F = 0, pattern = 1024 }
      wire:send { opcode = "Data-In", ITT = tag, DataSN = 1, BufferOffset = 1024, F = 1, S = 1, pattern = 512 }
      lab:equal(read:wait(), "GOOD", "the read is done")
      lab:equal(#read.data, 1536, "with all its bytes")
    end
  end,
}
