-- SPDX-License-Identifier: Apache-2.0
-- Where an order was agreed away both ends really leave it: sequences, and the PDUs of each, go from the back to the front.
return scenario {
  title  = "data arrives whole in whatever order was agreed on, by every pair of the keys that shape it",
  covers = { "R-KEY-039", "R-KEY-040" },
  run = function(lab)
    local yes_no, bursts, segments = { "Yes", "No" }, { 2048, 5000, 65536 }, { 512, 1000, 8192, 262144 }
    for n = 0, 47 do
      local wanted = {
        DataPDUInOrder = yes_no[n % 2 + 1], DataSequenceInOrder = yes_no[n // 2 % 2 + 1],
        InitialR2T = yes_no[n // 4 % 2 + 1], ImmediateData = yes_no[(n // 8 + n) % 2 + 1],
        MaxBurstLength = bursts[n % 3 + 1] * 2, FirstBurstLength = bursts[n // 3 % 3 + 1],
        MaxRecvDataSegmentLength = segments[(n + n // 4) % 4 + 1], MaxOutstandingR2T = n % 5 + 1,
      }
      local target = lab:target { luns = { "256K" }, keys = wanted }
      local session = lab:initiator { keys = wanted }:connect_target { node_address = target.name }
      local disk = session:disk(1)
      disk:write { transfer = "64K", depth = 4 }
      disk:read { transfer = "64K", depth = 4 }
      lab:equal(session.logins, 1, "combination " .. n .. " took one login")
    end
  end,
}
