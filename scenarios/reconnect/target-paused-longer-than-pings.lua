-- SPDX-License-Identifier: Apache-2.0
-- The target's process stands still: its machine acknowledges every byte and takes every connect, and nobody answers a ping
-- or a Login Request. When it goes on it finds all of it at once.
return scenario {
  title  = "a target that was paused is left by its initiator, and found again",
  covers = { "R-ERL-014", "R-REIN-021" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" } }
    local host    = lab:initiator { profile = "linux" }
    local session = host:connect_target { node_address = target.name }
    local disk    = session:disk(1)
    disk:write { length = "64K" }

    target:pause()
    local job = disk:start_write { length = "64K", transfer = "64K" }
    lab:within("11s", "the ping finds it dead", function() return not session.is_connected end)
    lab:sleep("50s")
    lab:expect(not session.is_connected, "no login is answered")
    target:resume()
    job:wait()
    disk:read { length = "64K" }
    lab:equal(target:counters().sessions, 1, "one session is left of all the attempts")
  end,
}
