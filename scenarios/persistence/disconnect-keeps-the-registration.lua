-- SPDX-License-Identifier: Apache-2.0
-- To disconnect is for now; to unregister is for good.
return scenario {
  title  = "a registered session that was disconnected is away until the restart, and then it is back",
  covers = { "seed:register.restart" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" } }
    local host    = lab:initiator {}
    local session = host:connect_target { node_address = target.name }
    session:register()
    session:disk(1):write {}

    session:disconnect()
    lab:equal(#host:get_sessions {}, 0, "no session is left")
    lab:sleep("6s")
    lab:equal(target:counters().logins, 1, "and none is made")

    host:kill()
    host:start()
    lab:within("9s", "it is back", function()
      return #host:get_sessions { is_persistent = true, is_connected = true } == 1
    end)
    host:get_sessions {}[1]:disk(1):read {}
  end,
}
