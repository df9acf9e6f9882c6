-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "an unregistered session stays while it lives, and does not come back",
  covers = { "seed:unregister.restart" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" } }
    local host    = lab:initiator {}
    local session = host:connect_target { node_address = target.name }
    session:register()
    session:unregister()
    lab:expect(session.is_connected and not session.is_persistent, "it is connected and not persistent")

    host:power_cut()
    host:start()
    lab:sleep(lab.is_live and "1min" or "10min")
    lab:equal(#host:get_sessions {}, 0, "no session came back")
    lab:equal(target:counters().logins, 1, "the target saw no other login")
  end,
}
