-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "a registered session comes back when its target is up later than the initiator",
  covers = { "seed:register.restart" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" } }
    local host    = lab:initiator { reconnect_delay = "1s", restore_retry = "2s" }
    local session = host:connect_target { node_address = target.name }
    session:register()
    session:disk(1):write {}

    target:kill()
    host:kill()
    host:start()
    lab:sleep("10s")
    lab:equal(#host:get_sessions { is_connected = true }, 0, "nothing can be connected yet")
    target:start()
    lab:within("9s", "the session is back", function()
      return #host:get_sessions { is_connected = true, is_persistent = true } == 1
    end)
    host:get_sessions {}[1]:disk(1):read {}
  end,
}
