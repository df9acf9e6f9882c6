-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "a requested logout comes in time, after what was under way, and the session comes back",
  covers = { "R-ASYNC-004", "R-ASYNC-005", "R-ASYNC-006", "R-STATE-010" },
  run = function(lab)
    local target  = lab:target { luns = { "4M" } }
    local session = lab:initiator {}:connect_target { node_address = target.name }
    local disk    = session:disk(1)

    lab:fault { on = target, when = { scsi = "WRITE(16)", nth = 5 }, act = "late", delay = "1s" }
    local job = disk:start_write { length = "4M" }
    lab:sleep("500ms")
    lab:equal(target:async_message { event = "logout request", time = "10s" }, 1, "one session is asked")
    target:async_message { event = "logout request", time = "10s" }
    lab:within("5s", "it is logged in again", function() return session.logins == 2 end)
    job:wait()
    disk:read {}
    lab:equal(target:counters().reinstatements, 0, "it was a logout, not a lost connection")
  end,
}
