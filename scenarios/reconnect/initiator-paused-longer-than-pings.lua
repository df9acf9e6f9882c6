-- SPDX-License-Identifier: Apache-2.0
-- The initiator's process stands still for a minute. What the target had sent is there when it goes on: it must be looked at
-- before the timers, which are all late.
return scenario {
  title  = "an initiator that was paused finds its answers, not its timeouts",
  covers = { "R-NOP-004" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" }, store_latency = "20ms" }
    local host    = lab:initiator { profile = "linux" }
    local session = host:connect_target { node_address = target.name }
    local disk    = session:disk(1)

    lab:sleep("4990ms")
    local job = disk:start_write { length = "64K", transfer = "4K", depth = 4 }
    lab:sleep("15ms")
    host:pause()
    lab:sleep("60s")
    lab:expect(not job.is_done, "a paused process completes nothing")
    host:resume()
    job:wait()
    disk:read { length = "64K" }
    lab:equal(session.logins, 1, "the connection lived on")
  end,
}
