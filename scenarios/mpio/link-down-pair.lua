-- SPDX-License-Identifier: Apache-2.0
-- How long the session of path 1 is away is measured first. Then LinkDownTime is that long, and a nanosecond less.
return scenario {
  title    = "a session that is back when its LinkDownTime ends keeps its commands; a nanosecond later the other path has them",
  covers   = { "seed:mpio.link-down" },
  not_live = "no clock of a real machine tells one nanosecond from the next",
  run = function(lab)
    local function outage(link_down)
      local target   = lab:target { portals = 2, luns = { "1M" } }
      local host     = lab:initiator {}
      local sessions = {}
      lab:link { from = host, to = target, latency = "1ms", jitter = 0 }
      for i = 1, 2 do
        sessions[i] = host:connect_target { node_address = target.name, portal = target.portals[i], is_multipath_enabled = true }
      end
      local disk = host:mpio_disk { sessions = sessions, policy = "fail over only", link_down = link_down }
      disk:write {}
      lab:fault { on = target, portal = target.portals[1], when = { pdu = "SCSI Command" }, act = "rst", at = "before" }
      local before = disk.paths[2].commands
      local job    = disk:start_write { length = "64K", transfer = "4K", depth = 16 }
      lab:within("1s", "path 1 is down", function() return not sessions[1].is_connected end)
      local lost = lab.now
      lab:within("5s", "it is back, or given up", function() return sessions[1].logins == 2 or job.is_done end)
      local away = lab.now - lost
      job:wait()
      disk:read {}
      return away, disk.paths[1].failures, disk.paths[2].commands - before
    end

    local away = outage "1h"
    local _, failures, elsewhere = outage(away .. "ns")
    lab:equal(failures, 0, "in time: the path did not fail")
    lab:equal(elsewhere, 0, "and the other one got nothing")
    _, failures, elsewhere = outage(away - 1 .. "ns")
    lab:equal(failures, 1, "too late: it failed")
    lab:expect(elsewhere >= 16, "and the other one did the writes")
  end,
}
