-- SPDX-License-Identifier: Apache-2.0
-- The target's process hangs and reads nothing. The initiator's ping stands behind megabytes that TCP does not get rid of; its
-- time runs from when it was queued, so that it, and not the slower time of a task, finds the session dead.
return scenario {
  title  = "a ping behind data that nobody reads is over in its own time",
  covers = { "bug:B28" },
  run = function(lab)
    local target  = lab:target { luns = { "64M" } }
    local session = lab:initiator { profile = "linux" }:connect_target { node_address = target.name }
    local disk    = session:disk(1)
    target:pause()
    local job = disk:start_write { transfer = "1M", depth = 64 }
    lab:sleep("9900ms")
    lab:expect(session.is_connected, "5 s of silence and 5 s for the answer are not over")
    lab:within("200ms", "the session is found dead", function() return not session.is_connected end)
    target:resume()
    job:wait()
    disk:read {}
    lab:equal(session.logins, 2, "one more login")
  end,
}
