-- SPDX-License-Identifier: Apache-2.0
-- Every 20 ms a path logs out or in, is checked, failed, removed or added, while one other carries on.
return scenario {
  title    = "logins and logouts in the midst of checks of the paths cost no command",
  covers   = { "bug:B136" },
  liveness = "120s",
  run = function(lab)
    local target, host, sessions = lab:target { portals = 3, luns = { "1M" }, store_latency = "2ms" }, lab:initiator {}, {}
    local function connect(n)
      sessions[n] = host:connect_target { node_address = target.name, portal = target.portals[n], is_multipath_enabled = true }
    end
    for n = 1, 3 do connect(n) end
    local disk = host:mpio_disk { sessions = sessions, policy = "round robin", check = "10ms", recovery = "10ms" }
    local job  = disk:start_write { transfer = "4K", depth = 4 }
    for round = 1, 300 do
      local n = round % 2 + 2
      if job.is_done then
        job:wait()
        job = disk:start_write { transfer = "4K", depth = 4 }
      end
      if round % 5 == 0 then disk:check_path(1) end
      sessions[n]:disconnect()
      lab:sleep("7ms")
      connect(n)
      disk:add_path(sessions[n])
      lab:sleep("13ms")
    end
    job:wait()
    disk:read {}
    lab:equal(sessions[1].logins, 1, "the first path stayed")
  end,
}
