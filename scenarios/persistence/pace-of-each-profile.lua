-- SPDX-License-Identifier: Apache-2.0
-- Attempts at start while every connect is refused. The Microsoft initiator: one more after 5 s, then one a minute; open-iscsi:
-- every 3 s. Each step: so long later, so many attempts altogether.
return scenario {
  title  = "a registered session is tried at the pace of its initiator's profile until its target answers",
  covers = { "seed:register.restart" },
  not_live = "no clock of a real machine tells one nanosecond from the next",
  run = function(lab)
    local paces = {
      windows = { { "1s", 1 }, { "3s", 1 }, { "2s", 2 }, { "58s", 2 }, { "2s", 3 }, { "58s", 3 }, { "2s", 4 } },
      linux   = { { "1s", 1 }, { "1s", 1 }, { "2s", 2 }, { "1s", 2 }, { "2s", 3 }, { "1s", 3 }, { "2s", 4 } },
    }
    for profile, pace in pairs(paces) do
      local target = lab:target { luns = { "1M" } }
      local host   = lab:initiator { profile = profile }
      local session = host:connect_target { node_address = target.name }
      session:register()
      session:disk(1):write {}

      local refuse = lab:fault { on = host, when = { connect = true }, act = "refuse", times = 0 }
      host:power_cut()
      host:start()
      for _, step in ipairs(pace) do
        lab:sleep(step[1])
        lab:equal(refuse.fired, step[2], profile .. ": attempts by now")
      end
      refuse:lift()
      lab:within("61s", "the next one succeeds", function() return #host:get_sessions { is_connected = true } == 1 end)
      host:get_sessions {}[1]:disk(1):read {}
    end
  end,
}
