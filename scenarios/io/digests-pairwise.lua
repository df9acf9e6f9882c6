-- SPDX-License-Identifier: Apache-2.0
-- The digests with every pair of values of the keys that shape a data transfer: 48 logins.
return scenario {
  title  = "data arrives whole under digests and every pair of negotiated values",
  covers = { "R-KEY-001" },
  run = function(lab)
    local host = lab:initiator {}
    local yes_no, bursts, segments = { "Yes", "No" }, { 512, 4096, 65536 }, { 512, 1000, 8192, 262144 }
    for n = 0, 47 do
      local target = lab:target { luns = { "128K" }, keys = {
        InitialR2T = yes_no[n // 4 % 2 + 1],
        ImmediateData = yes_no[n // 8 % 2 + 1],
        MaxBurstLength = bursts[n % 3 + 1] * 4,
        FirstBurstLength = bursts[n // 3 % 3 + 1],
        MaxRecvDataSegmentLength = segments[(n + n // 4) % 4 + 1],
      } }
      local session = host:connect_target {
        node_address = target.name, header_digest = n % 2 == 1, data_digest = n // 2 % 2 == 1,
      }
      local disk = session:disk(1)
      disk:write { transfer = "64K", depth = 2 }
      disk:read { transfer = "64K", depth = 2 }
      lab:equal(session.is_header_digest, n % 2 == 1, "the header digest is as it was asked for")
      lab:equal(session.logins, 1, "combination " .. n .. " took one login")
    end
  end,
}
