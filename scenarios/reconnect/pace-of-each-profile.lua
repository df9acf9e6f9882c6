-- SPDX-License-Identifier: Apache-2.0
-- Both wait for Time2Wait, 2 s, before the first attempt. The Microsoft initiator then tries every 5 s, open-iscsi every 3 s.
-- Each step: so many seconds on, so many attempts.
return scenario {
  title  = "a lost session is tried after Time2Wait and then at its profile's pace, and is back with the first good attempt",
  covers = { "R-TIMER-001", "R-TIMER-003" },
  not_live = "its steps of a second are tenths of a real one, and a busy machine may be that late",
  run = function(lab)
    local paces = {
      windows = { { 1, 0 }, { 3, 1 }, { 6, 1 }, { 8, 2 }, { 11, 2 }, { 13, 3 } },
      linux   = { { 1, 0 }, { 3, 1 }, { 4, 1 }, { 6, 2 }, { 7, 2 }, { 9, 3 } },
    }
    for profile, pace in pairs(paces) do
      local target  = lab:target { luns = { "1M" } }
      local host    = lab:initiator { profile = profile }
      local session = host:connect_target { node_address = target.name }
      local disk    = session:disk(1)

      local refuse = lab:fault { on = host, when = { connect = true }, act = "refuse", times = 0 }
      lab:fault { on = target, when = { pdu = "SCSI Command" }, act = "rst" }
      local job = disk:start_write { length = "64K" }
      lab:within("1s", "the connection is gone", function() return not session.is_connected end)
      local began = lab.now
      for _, step in ipairs(pace) do
        lab:sleep(began + step[1] * 1000000000 - lab.now .. "ns")
        lab:equal(refuse.fired, step[2], profile .. ": attempts by now")
      end
      refuse:lift()
      lab:within(profile == "windows" and "5s" or "3s", "the next one succeeds", function() return session.is_connected end)
      job:wait()
      disk:read { length = "64K" }
      lab:equal(session.logins, 2, "with one login")
    end
  end,
}
