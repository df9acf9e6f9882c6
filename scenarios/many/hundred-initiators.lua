-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "a hundred initiators share one target, and each finds its own blocks",
  covers = { "R-ISID-003" },
  run = function(lab)
    local target, jobs = lab:target { luns = { "16M" } }, {}
    local disks = {}
    for n = 1, 100 do
      disks[n] = lab:initiator {}:connect_target { node_address = target.name }:disk(1)
    end
    for n, disk in ipairs(disks) do
      jobs[n] = disk:start_write { lba = (n - 1) * 128, length = "64K", transfer = "8K" }
    end
    for _, job in ipairs(jobs) do job:wait() end
    for n, disk in ipairs(disks) do
      disk:read { lba = (n - 1) * 128, length = "64K" }
    end
    lab:equal(target:counters().sessions, 100, "a session for each")
  end,
}
