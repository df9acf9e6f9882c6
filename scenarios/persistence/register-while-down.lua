-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "a session that is registered while it has no connection comes back after a restart like any other",
  covers = { "seed:register.restart" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" } }
    local host    = lab:initiator { reconnect_delay = "1s", restore_retry = "1s" }
    local session = host:connect_target { node_address = target.name }
    session:disk(1):write {}

    target:kill()
    lab:within("9s", "its connection is gone", function() return not session.is_connected end)
    session:register()
    lab:expect(session.is_persistent and not session.is_connected, "it is registered without a connection")

    host:kill()
    host:start()
    lab:equal(#host:get_sessions { is_persistent = true, is_connected = false }, 1, "it is tried")
    lab:sleep("2s")
    target:start()
    lab:within("9s", "the session is back", function()
      return #host:get_sessions { is_persistent = true, is_connected = true } == 1
    end)
    host:get_sessions {}[1]:disk(1):read {}
  end,
}
