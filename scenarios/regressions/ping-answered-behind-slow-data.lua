-- SPDX-License-Identifier: Apache-2.0
-- A megabyte comes at 100 kB/s, and the answer to a ping stands behind it: later than its time, on a connection that is alive.
return scenario {
  title    = "while data comes in no ping is taken for unanswered",
  covers   = { "bug:B26" },
  liveness = "60s",
  run = function(lab)
    local target  = lab:target { luns = { "4M" } }
    local host    = lab:initiator { profile = "linux" }
    local link    = lab:link { from = host, to = target }
    local session = host:connect_target { node_address = target.name }
    local disk    = session:disk(1)
    disk:write { length = "1M", transfer = "1M" }
    link:set { latency = "500ms", bandwidth = 100000 }
    lab:fault { on = target, when = { scsi = "READ(16)" }, act = "late", delay = "4300ms" }
    local ping = lab:fault { on = target, when = { pdu = "NOP-Out" }, act = "delay", delay = "1ms" }
    disk:read { length = "1M", transfer = "1M" }
    lab:expect(ping.fired > 0, "a ping was out")
    lab:equal(session.logins, 1, "the session lived on")

    -- Silence is still found out.
    link:set { latency = "1ms", bandwidth = 0 }
    lab:fault { on = target, when = { pdu = "NOP-In" }, act = "black_hole", at = "before", lasts = "11s" }
    lab:within("20s", "a dead one is replaced", function() return session.logins == 2 end)
  end,
}
