-- SPDX-License-Identifier: Apache-2.0
-- A login has two exchanges of 2 ms each; the last answer is held back for the rest of the login's time, and a nanosecond longer.
return scenario {
  title    = "a login whose last answer comes when its time ends is good; a nanosecond later it has been given up for another",
  covers   = { "R-REIN-021" },
  not_live = "no clock of a real machine tells one nanosecond from the next",
  run = function(lab)
    local function held_back(delay)
      local target  = lab:target { luns = { "1M" } }
      local host    = lab:initiator { login_timeout = "3s", reconnect_delay = "1s" }
      lab:link { from = host, to = target, latency = "1ms", jitter = 0 }
      local session = host:connect_target { node_address = target.name }
      local disk    = session:disk(1)
      lab:fault { on = target, when = { pdu = "Login Response", nth = 2 }, act = "delay", delay = delay }
      lab:fault { on = target, when = { pdu = "SCSI Command" }, act = "rst", at = "before" }
      disk:write { length = "64K" }
      disk:read { length = "64K" }
      lab:equal(session.logins, 2, "the session logged in once more")
      return target:counters().logins
    end
    lab:equal(held_back "2996ms", 2, "in time: that was the login")
    lab:equal(held_back "2996000001ns", 3, "too late: the target saw another one")
  end,
}
