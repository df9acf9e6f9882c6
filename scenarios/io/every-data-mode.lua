-- SPDX-License-Identifier: Apache-2.0
-- Immediate, unsolicited and solicited data, in every combination of the keys that choose between them.
return scenario {
  title  = "a write arrives whole whatever way its data was agreed to travel",
  covers = { "R-KEY-001" },
  run = function(lab)
    local host = lab:initiator {}
    for _, initial_r2t in ipairs { "Yes", "No" } do
      for _, immediate in ipairs { "Yes", "No" } do
        for _, segment in ipairs { 512, 8192 } do
          local target = lab:target {
            luns = { "1M" },
            keys = { InitialR2T = initial_r2t, ImmediateData = immediate, FirstBurstLength = 4096,
                     MaxBurstLength = 16384, MaxRecvDataSegmentLength = segment, MaxOutstandingR2T = 2 },
          }
          local session = host:connect_target { node_address = target.name }
          local disk = session:disk(1)
          disk:write { transfer = "64K", depth = 4 }
          disk:read { transfer = "64K", depth = 4 }
          lab:equal(session.logins, 1, "it took one login")
        end
      end
    end
  end,
}
