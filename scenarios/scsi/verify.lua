-- SPDX-License-Identifier: Apache-2.0
-- What a command of the scenario writes is 00 01 02 ... ff, over and over.
return scenario {
  title  = "VERIFY finds the first byte that is not as it should be, and WRITE AND VERIFY leaves none",
  run = function(lab)
    local target  = lab:target { luns = { "1M" } }
    local session = lab:initiator {}:connect_target { node_address = target.name }
    local function ends(cdb, write, result, what)
      local got = session:start_command { cdb = cdb, write = write }:wait()
      lab:expect(got:find(result, 1, true), what .. ": " .. got)
    end
    ends("2e 02 00000000 00 0008 00", 4096, "GOOD", "WRITE AND VERIFY(10)")
    ends("ae 02 00000008 00000008 00 00", 4096, "GOOD", "WRITE AND VERIFY(12)")
    ends("8e 02 0000000000000010 00000008 00 00", 4096, "GOOD", "WRITE AND VERIFY(16)")
    for _, bytchk in ipairs { "02", "06" } do
      local length = bytchk == "02" and 24 * 512 or 512
      ends("2f " .. bytchk .. " 00000000 00 0018 00", length, "GOOD", "VERIFY(10), BYTCHK " .. bytchk)
      ends("8f " .. bytchk .. " 0000000000000010 00000010 00 00", bytchk == "02" and 16 * 512 or 512,
           "CHECK CONDITION, MISCOMPARE", "VERIFY(16), BYTCHK " .. bytchk .. ", of blocks that nobody wrote")
    end
    ends("af 00 00000000 00000100 00 00", 0, "GOOD", "VERIFY(12) of the medium alone")
    lab:fault { on = target, when = { scsi = "VERIFY(12)" }, act = "medium_error" }
    ends("af 00 00000000 00000100 00 00", 0, "CHECK CONDITION, MEDIUM ERROR", "VERIFY(12) of a medium that is bad")
    ends("34 00 00000000 00 0100 00", 0, "CONDITION MET", "PRE-FETCH(10)")
  end,
}
