-- SPDX-License-Identifier: Apache-2.0
-- Attempts at start while every connect is refused. The Microsoft initiator: one more after 5 s, then one a minute; open-iscsi:
-- every 3 s.
return scenario {
  title  = "a registered session is tried at the pace of its initiator's profile until its target answers",
  covers = { "seed:register.restart" },
  run = function(lab)
    local paces = {
      windows = { { "4900ms", 1 }, { "200ms", 2 }, { "59s", 2 }, { "2s", 3 }, { "60s", 4 }, { "60s", 5 } },
      linux   = { { "2900ms", 1 }, { "200ms", 2 }, { "2700ms", 2 }, { "500ms", 3 }, { "3s", 4 }, { "3s", 5 } },
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
