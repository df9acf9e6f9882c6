-- SPDX-License-Identifier: Apache-2.0
-- How long the disk is without any path is measured first. Then its hold time is that long, and a nanosecond less.
return scenario {
  title    = "commands that wait for any path go on if one is back when the hold time ends; a nanosecond later they have failed",
  covers   = { "seed:mpio.pdo-remove-period" },
  not_live = "no clock of a real machine tells one nanosecond from the next",
  run = function(lab)
    local function outage(hold)
      local target   = lab:target { portals = 2, luns = { "1M" } }
      local host     = lab:initiator {}
      local sessions = {}
      lab:link { from = host, to = target, latency = "1ms", jitter = 0 }
      for i = 1, 2 do
        sessions[i] = host:connect_target { node_address = target.name, portal = target.portals[i], is_multipath_enabled = true }
      end
      local disk = host:mpio_disk { sessions = sessions, hold = hold, link_down = "1s" }
      disk:write {}
      target:power_cut()
      target:start()
      local job = disk:start_write { length = "64K", transfer = "4K", may_fail = true }
      lab:within("9s", "no path is left", function()
        return disk.paths[1].state == "failed" and disk.paths[2].state == "failed"
      end)
      local failed = lab.now
      lab:within("9s", "one is back, or it is given up", function()
        return disk.paths[1].state ~= "failed" or disk.paths[2].state ~= "failed" or disk.is_gone
      end)
      local without = lab.now - failed
      job:wait()
      lab:within("9s", "a path is back", function() return not disk.is_gone end)
      disk:write {}
      disk:read {}
      return without, job
    end

    local without = outage "1h"
    local _, job = outage(without .. "ns")
    lab:equal(job.failed, 0, "in time: nothing failed")
    _, job = outage(without - 1 .. "ns")
    lab:equal(job.good, 0, "too late: all has failed")
  end,
}
