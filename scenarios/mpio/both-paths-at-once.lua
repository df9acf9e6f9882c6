-- SPDX-License-Identifier: Apache-2.0
-- The target loses power: both sessions die in the same instant, and come back in the same instant.
return scenario {
  title  = "two sessions that die in the same instant under writes lose nothing",
  covers = { "R-ERL-014", "seed:mpio.all-paths-down" },
  run = function(lab)
    for _, policy in ipairs { "fail over only", "round robin", "least queue depth" } do
      local target = lab:target { portals = 2, luns = { "2M" } }
      local host   = lab:initiator { profile = "linux" }
      local sessions = {}
      for i = 1, 2 do
        sessions[i] = host:connect_target { node_address = target.name, portal = target.portals[i], is_multipath_enabled = true }
      end
      local disk = host:mpio_disk { sessions = sessions, policy = policy, hold = "60s" }
      disk:write {}
      local job = disk:start_write { transfer = "8K", depth = 32 }
      lab:within("1s", "some writes are done", function() return job.good > 50 end)
      target:power_cut()
      lab:sleep("20s")
      lab:equal(disk.paths[1].state, "failed", "the first path failed")
      lab:equal(disk.paths[2].state, "failed", "and the second")
      target:start()
      job:wait()
      disk:read {}
      lab:equal(job.failed, 0, policy .. ": no write failed")
    end
  end,
}
