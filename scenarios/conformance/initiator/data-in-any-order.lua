-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "where orders were agreed away Data-In comes in any order, but no byte of it twice and none is left out",
  covers = { "R-KEY-039", "R-KEY-040", "R-DATA-037" },
  liveness = "60s",
  run = function(lab)
    local any = { DataPDUInOrder = "No", DataSequenceInOrder = "No" }
    local whole = { { 512, 0, "cd" }, { 0, 1, "ab" } } -- offset, F, bytes
    local wrong = { { { 512, 0, "cd" }, { 768, 0, "d" } }, -- twice
                    { { 512, 0, "cd" }, { 256, 0, "b", S = 1 } }, -- a hole
                    { { 512, 0, "cd" }, { 512, 1, "cdx" } } } -- behind the end
    local function send(wire, parts, last)
      for n, part in ipairs(parts) do
        wire:send { opcode = "Data-In", DataSN = n - 1, BufferOffset = part[1], F = part[2] | (part.S or 0),
                    S = part.S or (n == #parts and last or 0), data = (part[3]:gsub(".", function(c) return c:rep(256) end)) }
      end
    end
    for _, parts in ipairs(wrong) do
      local wire    = lab:wire_target {}
      local attempt = lab:initiator { keys = any }:start_connect_target { node_address = wire.name, portal = wire.portal }
      wire:accept {}
      wire:login { keys = any }
      local read = attempt:wait():start_command { cdb = "28 00 00000000 00 0002", read = 1024 }
      wire:expect { opcode = "SCSI Command", R = 1 }
      send(wire, parts, 0)
      wire:expect_close { within = "5s" }

      wire:accept {}
      wire:login { keys = any }
      wire:expect { opcode = "SCSI Command", R = 1 }
      send(wire, whole, 1)
      lab:equal(read:wait(), "GOOD", "the read is done")
      lab:equal(read.data, ("a"):rep(256) .. ("b"):rep(256) .. ("c"):rep(256) .. ("d"):rep(256), "and put together")
    end
  end,
}
