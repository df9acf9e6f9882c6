-- SPDX-License-Identifier: Apache-2.0
-- To unregister means not to come back after a restart. In the life that goes on, the session is recovered like any other.
return scenario {
  title  = "a session that is unregistered while it has no connection still recovers, and does not survive the restart",
  covers = { "seed:unregister.restart" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" } }
    local host    = lab:initiator { reconnect_delay = "1s" }
    local session = host:connect_target { node_address = target.name }
    local disk    = session:disk(1)
    session:register()

    target:kill()
    lab:within("9s", "its connection is gone", function() return not session.is_connected end)
    local job = disk:start_write { length = "64K" }
    session:unregister()
    lab:equal(session.is_persistent, false, "it is registered no more")
    target:start()
    job:wait()
    disk:read { length = "64K" }

    host:kill()
    host:start()
    lab:sleep("3s")
    lab:equal(#host:get_sessions {}, 0, "nothing came back")
    lab:equal(target:counters().logins, 1, "since its start the target saw the one login of the recovery")
  end,
}
