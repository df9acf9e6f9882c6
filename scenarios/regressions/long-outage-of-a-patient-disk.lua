-- SPDX-License-Identifier: Apache-2.0
-- All paths go under writes, for a day (a minute in real time). What was sent is in doubt, what was not waits. Nobody may "heal" that by taking the last one away from under the commands that wait.
return scenario {
  title    = "a disk that is told to wait for its paths waits a day, and nothing has failed",
  covers   = { "bug:B140" },
  liveness = "90s",
  run = function(lab)
    local target, host, sessions = lab:target { portals = 2, luns = { "1M" }, store_latency = "200ms" }, lab:initiator {}, {}
    for i = 1, 2 do
      sessions[i] = host:connect_target { node_address = target.name, portal = target.portals[i], is_multipath_enabled = true }
      sessions[i]:register { is_multipath_enabled = true }
    end
    local disk = host:mpio_disk { sessions = sessions, hold = "48h" }
    disk:write {}
    local closed = lab:fault { on = host, when = { connect = true }, act = "refuse", times = 0 }
    local doubtful = disk:start_write { length = "512K" }
    lab:sleep("20us")
    target:kill()
    target:start()
    lab:within("1min", "both paths failed", function()
      return disk.paths[1].state == "failed" and disk.paths[2].state == "failed"
    end)
    local job = disk:start_write { lba = 1024, length = "512K" }
    lab:sleep(lab.is_live and "1min" or "24h")
    lab:equal(#disk.paths, 2, "both paths are known")
    lab:expect(not disk.is_gone and not job.is_done and not doubtful.is_done, "the commands wait")
    closed:lift()
    job:wait()
    doubtful:wait()
    disk:read {}
    lab:equal(job.failed + doubtful.failed, 0, "nothing failed")
  end,
}
