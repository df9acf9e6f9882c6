-- SPDX-License-Identifier: Apache-2.0
-- 2^20 tasks through one session: numbers, tags and generations of tags go round many times.
return scenario {
  title  = "2^20 tasks go through one session, each once",
  covers = { "R-NUM-003", "R-MODEL-015" },
  run = function(lab)
    local target = lab:target { luns = { "1M" } }
    local session = lab:initiator { first_cmd_sn = 0xfff80000 }:connect_target { node_address = target.name }
    local disk = session:disk(1)
    local before = target:counters().reads
    disk:write { transfer = "512", depth = 64 }
    for _ = 1, 511 do
      disk:read { transfer = "512", depth = 64 }
    end
    lab:equal(target:counters().reads - before, 511 * 2048, "the target saw each of them")
    lab:check("R-NUM-003", session.logins == 1, "no number and no tag stood in the way")
  end,
}
