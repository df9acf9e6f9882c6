-- SPDX-License-Identifier: Apache-2.0
-- Attempts at start while every connect is refused. The Microsoft initiator: one more after 5 s, then one a minute; open-iscsi:
-- every 3 s. Each step: so many seconds on, so many attempts.
return scenario {
  title  = "a registered session is tried at the pace of its initiator's profile until its target answers",
  covers = { "seed:register.restart" },
  not_live = "its steps of a second are tenths of a real one, and a busy machine may be that late",
  run = function(lab)
    local paces = {
      windows = { { 1, 1 }, { 4, 1 }, { 6, 2 }, { 64, 2 }, { 66, 3 }, { 124, 3 }, { 126, 4 } },
      linux   = { { 1, 1 }, { 2, 1 }, { 4, 2 }, { 5, 2 }, { 7, 3 }, { 8, 3 }, { 10, 4 } },
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
      local began = lab.now
      for _, step in ipairs(pace) do
        lab:sleep(began + step[1] * 1000000000 - lab.now .. "ns")
        lab:equal(refuse.fired, step[2], profile .. ": attempts by now")
      end
      refuse:lift()
      lab:within("61s", "the next one succeeds", function() return #host:get_sessions { is_connected = true } == 1 end)
      host:get_sessions {}[1]:disk(1):read {}
    end
  end,
}
