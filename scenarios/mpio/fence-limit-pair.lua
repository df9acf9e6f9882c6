-- SPDX-License-Identifier: Apache-2.0
-- A write is in doubt on a silent path. When the login through the other portal has fenced that path at the target is measured
-- first; the answer needs one millisecond more.
return scenario {
  title    = "a write in doubt is done elsewhere if its fence stands by the limit; a nanosecond later it has been given up",
  covers   = { "R-REIN-009", "seed:mpio.fence-limit" },
  not_live = "no clock of a real machine tells one nanosecond from the next",
  run = function(lab)
    local function outage(fence_limit)
      local target   = lab:target { portals = 2, luns = { "1M" } }
      local host     = lab:initiator { ping_interval = "1s", ping_timeout = "1s" }
      local sessions = {}
      lab:link { from = host, to = target, latency = "1ms", jitter = 0 }
      for i = 1, 2 do
        sessions[i] = host:connect_target { node_address = target.name, portal = target.portals[i], is_multipath_enabled = true }
      end
      local disk = host:mpio_disk { sessions = sessions, policy = "fail over only", link_down = "500ms", fence_limit = fence_limit }
      disk:write {}
      local silence = lab:fault { on = target, portal = target.portals[1], when = { pdu = "SCSI Command" },
                                  act = "black_hole", at = "before" }
      local job = disk:start_write { length = "4K", may_fail = true }
      lab:within("4s", "path 1 has failed", function() return disk.paths[1].state == "failed" end)
      local failed = lab.now
      lab:within("9s", "it is fenced", function() return target:counters().reinstatements == 1 end)
      local fenced = lab.now - failed
      job:wait()
      silence:lift()
      disk:write {}
      disk:read {}
      return fenced + 1000000, job
    end

    local fenced = outage "1h"
    local _, job = outage(fenced .. "ns")
    lab:equal(job.good, 1, "in time: it was done on path 2")
    _, job = outage(fenced - 1 .. "ns")
    lab:equal(job.failed, 1, "too late: it was given up")
  end,
}
