-- SPDX-License-Identifier: Apache-2.0
-- RFC 7143 11.2.3: the pad bytes are part of the data digest, of what is sent and of what comes.
return scenario {
  title  = "data segments that need padding are whole under digests, each way",
  covers = { "R-DIG-005" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" }, keys = { HeaderDigest = "CRC32C,None", DataDigest = "CRC32C,None" } }
    local session = lab:initiator {}:connect_target { node_address = target.name, header_digest = true, data_digest = true }
    for length = 5, 9 do
      local inquiry = session:start_command { cdb = string.format("12 00 00 00 %02x 00", length), read = length }
      lab:equal(inquiry:wait(), "GOOD", length .. " bytes of INQUIRY come")
      lab:equal(#inquiry.data, length, "all of them")
      -- No whole block comes, so nothing is written: but what was sent was read.
      local write = session:start_command { cdb = "2a 00 00000000 00 0001", write = length, lun = 0 }
      lab:equal(write:wait(), "GOOD", length .. " bytes of a write go")
    end
    lab:equal(session.logins, 1, "no digest was wrong")
  end,
}
