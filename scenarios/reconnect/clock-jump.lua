-- SPDX-License-Identifier: Apache-2.0
-- A time server sets the clock by an hour, forward and back, while the initiator waits for its next attempt.
return scenario {
  title  = "the pace of reconnecting does not follow the wall clock",
  covers = { "R-TIMER-001" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" } }
    local host    = lab:initiator {}
    local session = host:connect_target { node_address = target.name }
    target:kill()
    lab:within("1s", "the session is down", function() return not session.is_connected end)
    target:start()

    local wall, before = host.wall_time, lab.now
    host:clock_jump("1h")
    lab:expect(host.wall_time - wall >= 3600000000000, "the wall clock has jumped")
    lab:sleep("1s")
    lab:expect(not session.is_connected, "no attempt came early")
    host:clock_jump("-2h")
    lab:within("2s", "the attempt comes when it is due", function() return session.is_connected end)
    lab:expect(lab.now - before >= 2000000000, "after DefaultTime2Wait, two seconds")
  end,
}
