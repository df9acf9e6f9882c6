-- SPDX-License-Identifier: Apache-2.0
-- Each pair of values of these keys is in some row; what the target makes of an offer is its own affair. 64 MiB in all.
local rows = {
  -- MaxBurst, FirstBurst, MaxRecvDataSegmentLength, InitialR2T, ImmediateData, header digest, data digest
  {   4096,   4096,    512, "Yes", "Yes", false, false },
  {   4096,   4096, 262144, "No",  "No",  true,  true  },
  {  65536,  16384,    512, "No",  "No",  false, true  },
  {  65536,  16384,   8192, "Yes", "Yes", true,  false },
  { 262144,  65536,   8192, "No",  "Yes", true,  true  },
  { 262144,  65536, 262144, "Yes", "No",  false, false },
  { 262144,  65536,    512, "No",  "Yes", true,  false },
  {  65536,   4096, 262144, "No",  "Yes", false, true  },
}
return scenario {
  title = "data arrives whole at several negotiated sizes, with and without digests",
  run = function(lab)
    local target = lab:target { luns = { "8M" } }
    for n, row in ipairs(rows) do
      local host = lab:initiator { keys = { MaxBurstLength = row[1], FirstBurstLength = row[2],
                                            MaxRecvDataSegmentLength = row[3], InitialR2T = row[4], ImmediateData = row[5] } }
      local session = host:connect_target { node_address = target.name, header_digest = row[6], data_digest = row[7] }
      lab:equal(session.is_header_digest, row[6], "the header digest of row " .. n)
      lab:equal(session.is_data_digest, row[7], "the data digest of row " .. n)
      local disk = session:disk(1)
      disk:write { transfer = "256K", depth = 4 }
      disk:read { transfer = "256K", depth = 4 }
      session:disconnect()
    end
  end,
}
