-- SPDX-License-Identifier: Apache-2.0
-- 2^20 tasks (2^17 in real time) through one session, CmdSN across its wrap: numbers, tags and generations of tags go round many times.
return scenario {
  title  = "2^20 tasks go through one session, each once",
  covers = { "R-NUM-003", "R-MODEL-015" },
  run = function(lab)
    local target = lab:target { luns = { "1M" } }
    local rounds = lab.is_live and 64 or 512
    local session = lab:initiator { first_cmd_sn = 2^32 - rounds * 1024 }:connect_target { node_address = target.name }
    local disk = session:disk(1)
    local before = target:counters().reads
    disk:write { transfer = "512", depth = 64 }
    for _ = 1, rounds - 1 do
      disk:read { transfer = "512", depth = 64 }
    end
    lab:equal(target:counters().reads - before, (rounds - 1) * 2048, "the target saw each of them")
    lab:check("R-NUM-003", session.logins == 1, "no number and no tag stood in the way")
  end,
}
