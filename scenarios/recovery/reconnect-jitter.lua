-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "with jitter the hosts of a target that is back do not all come in one instant",
  covers = { "R-TIMER-001" },
  run = function(lab)
    local target   = lab:target { luns = { "1M" } }
    local sessions = {}
    for i = 1, 6 do
      sessions[i] = lab:initiator { reconnect_jitter = "4s" }:connect_target { node_address = target.name }
    end
    target:kill()
    target:start()
    local function back()
      local count = 0
      for _, session in ipairs(sessions) do
        if session.logins == 2 then count = count + 1 end
      end
      return count
    end
    lab:sleep("1990ms")
    lab:equal(back(), 0, "nobody comes before Time2Wait")
    lab:within("4s", "some are back", function() return back() >= 2 end)
    lab:sleep("20ms")
    lab:expect(back() < 6, "but not all at once")
    lab:within("4s", "all are back", function() return back() == 6 end)
  end,
}
