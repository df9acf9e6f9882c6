-- SPDX-License-Identifier: Apache-2.0
-- A disk of one session alone: how long the session is away is measured first. Then the hold time is that long, and a nanosecond
-- less.
return scenario {
  title    = "commands of a lost session go on if it is back when the hold time ends; a nanosecond later they have failed",
  covers   = { "seed:session.max-request-hold-time" },
  not_live = "no clock of a real machine tells one nanosecond from the next",
  run = function(lab)
    local function outage(hold)
      local target  = lab:target { luns = { "1M" } }
      local host    = lab:initiator { hold = hold }
      lab:link { from = host, to = target, latency = "1ms", jitter = 0 }
      local session = host:connect_target { node_address = target.name, scan = false }
      local disk    = session:disk(1)
      lab:fault { on = target, when = { pdu = "SCSI Command" }, act = "rst", at = "before" }
      local job = disk:start_write { length = "64K", transfer = "4K", may_fail = true }
      lab:within("1s", "the session is down", function() return not session.is_connected end)
      local lost = lab.now
      lab:within("9s", "it is back", function() return session.is_connected end)
      local away = lab.now - lost
      job:wait()
      disk:write { length = "64K" }
      disk:read { length = "64K" }
      return away, job
    end

    local away   = outage "1h"
    local _, job = outage(away .. "ns")
    lab:equal(job.failed, 0, "in time: nothing failed")
    _, job = outage(away - 1 .. "ns")
    lab:equal(job.good, 0, "too late: all has failed")
  end,
}
