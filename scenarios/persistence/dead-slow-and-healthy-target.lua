-- SPDX-License-Identifier: Apache-2.0
-- At the restart one target answers no connect, one thinks for ten seconds about its login, one is well.
return scenario {
  title  = "at start the healthy target's session waits neither for the slow one nor for the dead one",
  covers = { "seed:register.restart" },
  run = function(lab)
    local host    = lab:initiator { connect_timeout = "5s", reconnect_delay = "1s", restore_retry = "1s" }
    local targets = {}
    for i, what in ipairs { "dead", "slow", "healthy" } do
      local target = lab:target { luns = { "1M" } }
      host:connect_target { node_address = target.name }:register()
      targets[what], targets[i] = target, target
    end
    local dead = lab:fault { on = host, portal = targets.dead.portals[1], when = { connect = true }, act = "no_answer", times = 0 }
    local slow = lab:fault { on = targets.slow, when = { pdu = "Login Response" }, act = "delay", delay = "10s" }
    local function back(what)
      return #host:get_sessions { target = targets[what].name, is_connected = true } == 1
    end

    host:kill()
    host:start()
    lab:within("5s", "the healthy one is back", function() return back "healthy" end)
    host:get_sessions { target = targets.healthy.name }[1]:disk(1):write {}
    lab:expect(not back "slow" and not back "dead", "and is used while nobody else is there")
    lab:within("20s", "the slow one is back when it has answered", function() return back "slow" end)
    lab:expect(slow.fired == 1 and dead.fired > 0 and not back "dead", "the dead one is still tried")
    dead:lift()
    lab:within("9s", "the dead one is back when it lives", function() return back "dead" end)
    for _, session in ipairs(host:get_sessions {}) do
      session:disk(1):write {}
      session:disk(1):read {}
    end
  end,
}
