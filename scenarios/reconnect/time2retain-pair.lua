-- SPDX-License-Identifier: Apache-2.0
-- The target keeps a lost session for Time2Wait and Time2Retain, 2 + 5 s. What a return takes besides its delay is measured
-- first; then the last request of its login comes when that time ends, and a nanosecond later.
return scenario {
  title    = "a session that returns when Time2Retain ends is reinstated; a nanosecond later the target has forgotten it",
  covers   = { "R-TIMER-002", "R-TIMER-003", "R-TIMER-007", "R-REIN-012" },
  not_live = "no clock of a real machine tells one nanosecond from the next",
  run = function(lab)
    local function outage(delay)
      local target  = lab:target { luns = { "1M" }, keys = { DefaultTime2Retain = 5 } }
      local host    = lab:initiator { reconnect_delay = delay }
      lab:link { from = host, to = target, latency = "1ms", jitter = 0 }
      local session = host:connect_target { node_address = target.name }
      local disk    = session:disk(1)
      lab:fault { on = host, when = { connect = true }, act = "refuse" } -- Time2Wait alone is too short
      lab:fault { on = target, when = { pdu = "SCSI Command" }, act = "rst", at = "before" }
      local job = disk:start_write { length = "4K" }
      lab:within("1s", "the target has lost it", function() return target:counters().connections == 0 end)
      local lost = lab.now
      lab:equal(target:counters().sessions, 1, "and keeps the session")
      lab:within("9s", "it is back", function() return target:counters().logins == 2 end)
      local away = lab.now - lost
      job:wait()
      disk:read { length = "4K" }
      return away, target:counters().reinstatements
    end

    local kept    = 7000000000
    local besides = outage "1s" - 1000000000
    local away, reinstated = outage(kept - besides .. "ns")
    lab:equal(away, kept, "the login came to its end with Time2Retain")
    lab:check("R-TIMER-007", reinstated == 1, "and the session was there")
    away, reinstated = outage(kept - besides + 1 .. "ns")
    lab:equal(away, kept + 1, "the login came a nanosecond later")
    lab:check("R-REIN-012", reinstated == 0, "and the session was not there any more")
  end,
}
