-- SPDX-License-Identifier: Apache-2.0
-- The way there and back takes 2 ms; the target's answer is held back for the rest of the ping's time, and a nanosecond longer.
return scenario {
  title    = "a ping's answer that comes when its time ends saves the connection; a nanosecond later it is too late",
  covers   = { "R-NOP-004", "R-NOP-009" },
  not_live = "no clock of a real machine tells one nanosecond from the next",
  run = function(lab)
    local function held_back(delay)
      local target  = lab:target { luns = { "1M" } }
      local host    = lab:initiator { ping_interval = "2s", ping_timeout = "1s" }
      lab:link { from = host, to = target, latency = "1ms", jitter = 0 }
      local session = host:connect_target { node_address = target.name }
      local late    = lab:fault { on = target, when = { pdu = "NOP-In" }, act = "delay", delay = delay }
      session:disk(1):write { length = "64K" }
      lab:sleep("8s")
      lab:equal(late.fired, 1, "one answer was late")
      lab:expect(session.is_connected, "the session is there")
      session:disk(1):read { length = "64K" }
      return session.logins
    end
    lab:equal(held_back "998ms", 1, "in time: the connection lived on")
    lab:equal(held_back "998000001ns", 2, "too late: the session logged in again")
  end,
}
