-- SPDX-License-Identifier: Apache-2.0
-- Sixteen sessions lose their connections in the same nanosecond, in the midst of writes.
return scenario {
  title  = "sixteen sessions that die in one instant all come back, with all their writes",
  covers = { "R-ERL-014" },
  run = function(lab)
    local target, disks, jobs = lab:target { luns = { "16M" } }, {}, {}
    for n = 1, 16 do
      disks[n] = lab:initiator {}:connect_target { node_address = target.name }:disk(1)
    end
    for n, disk in ipairs(disks) do
      jobs[n] = disk:start_write { lba = (n - 1) * 2048, length = "1M", transfer = "4K", depth = 2 }
    end
    lab:fault { on = target, when = { time = lab.now + 1000000 .. "ns" }, act = "rst" }
    for _, job in ipairs(jobs) do job:wait() end
    for n, disk in ipairs(disks) do disk:read { lba = (n - 1) * 2048, length = "1M" } end
    lab:equal(target:counters().logins, 32, "each logged in a second time")
  end,
}
