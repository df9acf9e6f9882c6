-- SPDX-License-Identifier: Apache-2.0
-- Between the two passes exactly 1 ms each way. The answer to a ping is held back so that it comes just before its deadline, in
-- that very instant, and just behind it.
return scenario {
  title    = "an answer to a ping that comes in the instant in which it is due is in time",
  covers   = { "bug:B26" },
  not_live = "no clock of a real machine tells one nanosecond from the next",
  run = function(lab)
    local cases = { ["4997999us"] = 1, ["4998ms"] = 1, ["4998001us"] = 2 }
    for delay, logins in pairs(cases) do
      local target  = lab:target { luns = { "1M" } }
      local host    = lab:initiator { profile = "linux" }
      lab:link { from = host, to = target, latency = "1ms", jitter = 0 }
      local session = host:connect_target { node_address = target.name }
      local late = lab:fault { on = target, when = { pdu = "NOP-In" }, act = "delay", delay = delay }
      lab:sleep("13s")
      lab:equal(late.fired, 1, "a ping was out")
      lab:equal(session.logins, logins, "answered after " .. delay)
      lab:expect(session.is_connected, "and it is up")
    end
  end,
}
