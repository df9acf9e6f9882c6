-- SPDX-License-Identifier: Apache-2.0
-- Every pair of values of the keys that shape a data transfer meets in some login: 36 combinations by a Latin scheme.
return scenario {
  title  = "data arrives whole under every pair of negotiated values",
  covers = { "R-KEY-001" },
  run = function(lab)
    local host = lab:initiator {}
    local yes_no, bursts = { "Yes", "No" }, { 512, 4096, 65536 }
    local segments, first = { 512, 1000, 8192, 262144 }, { 512, 4096, 16384 }
    for n = 0, 35 do
      local target = lab:target { luns = { "256K" }, keys = {
        InitialR2T = yes_no[n % 2 + 1],
        ImmediateData = yes_no[n // 2 % 2 + 1],
        MaxBurstLength = bursts[n % 3 + 1] * 4,
        FirstBurstLength = first[n // 3 % 3 + 1],
        MaxRecvDataSegmentLength = segments[(n + n // 4) % 4 + 1],
        MaxOutstandingR2T = n % 5 + 1,
      } }
      local session = host:connect_target { node_address = target.name }
      local disk = session:disk(1)
      disk:write { transfer = "64K", depth = 4 }
      disk:read { transfer = "64K", depth = 4 }
      lab:equal(session.logins, 1, "combination " .. n .. " took one login")
    end
  end,
}
