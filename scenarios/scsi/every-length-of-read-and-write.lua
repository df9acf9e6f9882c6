-- SPDX-License-Identifier: Apache-2.0
-- What one length of WRITE has written, another length of READ reads.
return scenario {
  title  = "READ and WRITE of 6, 10, 12 and 16 octets mean the same blocks",
  run = function(lab)
    local target  = lab:target { luns = { "1M" } }
    local session = lab:initiator {}:connect_target { node_address = target.name }
    local writes  = { "0a 00 00 %02x 02 00", "2a 08 000000%02x 00 0002 00", "aa 10 000000%02x 00000002 00 00",
                      "8a 18 00000000000000%02x 00000002 00 00" }
    local reads   = { "88 08 00000000000000%02x 00000002 00 00", "a8 00 000000%02x 00000002 00 00", "08 00 00 %02x 02 00",
                      "28 10 000000%02x 00 0002 00" }
    for n, write in ipairs(writes) do
      local command = session:start_command { cdb = write:format(16 * n), write = 1024 }
      lab:equal(command:wait(), "GOOD", "it is written")
    end
    for n, read in ipairs(reads) do
      for m = 1, #writes do
        local command = session:start_command { cdb = read:format(16 * m), read = 1024 }
        lab:equal(command:wait(), "GOOD", "it is read")
        lab:equal(#command.data, 1024, "all of it")
        lab:equal(command.data:byte(256), 0xff, "as it was written")
        lab:equal(command.data:byte(513), 0x00, "in both blocks")
      end
      local before = session:start_command { cdb = read:format(16 * n - 2), read = 1024 }
      before:wait()
      lab:equal(before.data, ("\0"):rep(1024), "and nothing beside it")
    end
    lab:equal(session:start_command { cdb = "91 02 0000000000000000 00000000 00 00" }:wait(), "GOOD",
              "SYNCHRONIZE CACHE(16) with IMMED")
  end,
}
