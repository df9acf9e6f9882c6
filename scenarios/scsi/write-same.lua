-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "WRITE SAME of one block fills a range, and of zeros gives a thin disk its room back",
  run = function(lab)
    local target  = lab:target { luns = { "1M" }, thin = true }
    local session = lab:initiator {}:connect_target { node_address = target.name }
    local function ends(cdb, write, result, what)
      local got = session:start_command { cdb = cdb, write = write }:wait()
      lab:expect(got:find(result, 1, true), what .. ": " .. got)
    end
    local function extents()
      local command = session:start_command { cdb = "9e 12 0000000000000000 00000400 00 00", read = 1024 }
      lab:equal(command:wait(), "GOOD", "GET LBA STATUS")
      local list = {}
      for at = 9, #command.data, 16 do
        local lba, blocks, status = (">I8I4B"):unpack(command.data, at)
        list[#list + 1] = ("%d+%d %s"):format(lba, blocks, status == 0 and "mapped" or "not")
      end
      return table.concat(list, ", ")
    end
    lab:equal(extents(), "0+2048 not", "a new disk has nothing")
    ends("41 00 00000080 00 0100 00", 512, "GOOD", "WRITE SAME(10)")
    ends("af 06 00000080 00000100 00 00", 512, "GOOD", "VERIFY(12) of each with one")
    ends("2f 06 0000007f 00 0001 00", 512, "MISCOMPARE", "VERIFY(10) of the block before")
    lab:equal(extents(), "0+128 not, 128+256 mapped, 384+1664 not", "what was filled is there")
    ends("93 08 0000000000000080 00000080 00 00", 512, "GOOD", "WRITE SAME(16) with UNMAP of what is not zeros")
    lab:equal(extents(), "0+128 not, 128+256 mapped, 384+1664 not", "writes it")
    ends("93 09 0000000000000080 00000080 00 00", 0, "GOOD", "WRITE SAME(16) with UNMAP and NDOB")
    lab:equal(extents(), "0+256 not, 256+128 mapped, 384+1664 not", "unmaps it")
    local read = session:start_command { cdb = "28 00 00000080 00 0080 00", read = 65536 }
    read:wait()
    lab:equal(read.data, ("\0"):rep(65536), "and it is zeros")
    ends("af 06 00000100 00000080 00 00", 512, "GOOD", "what was beside it is as it was")
    ends("93 00 0000000000000000 00000000 00 00", 512, "ILLEGAL REQUEST", "WRITE SAME(16) of no block")
  end,
}
