-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "of a session that was registered three times no registration is left when it is unregistered",
  covers = { "seed:unregister.restart" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" } }
    local host    = lab:initiator { reconnect_delay = "1s", restore_retry = "1s" }
    local session = host:connect_target { node_address = target.name }
    for _ = 1, 3 do session:register { is_multipath_enabled = true } end
    session:unregister()
    lab:expect(session.is_connected and not session.is_persistent, "it is connected and not persistent")

    host:power_cut()
    host:start()
    lab:sleep(lab.is_live and "1min" or "10min")
    lab:equal(#host:get_sessions {}, 0, "no session came back")
    lab:equal(target:counters().logins, 1, "the target saw no other login")
  end,
}
