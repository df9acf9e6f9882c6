-- SPDX-License-Identifier: Apache-2.0
-- What hangs cannot hold up the logout: it is done again in the next session.
return scenario {
  title  = "a requested logout does not wait for a stuck task beyond its time",
  covers = { "R-ASYNC-004" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" } }
    local session = lab:initiator {}:connect_target { node_address = target.name }
    local disk    = session:disk(1)

    lab:fault { on = target, when = { scsi = "WRITE(16)" }, act = "stuck" }
    local job = disk:start_write { length = "512K" }
    lab:sleep("1s")
    target:async_message { event = "logout request", time = "3s" }
    lab:within("5s", "it is logged in again", function() return session.logins == 2 end)
    job:wait()
    disk:read { length = "512K" }
    lab:equal(target:counters().reinstatements, 0, "the logout came before the target's patience ended")
  end,
}
