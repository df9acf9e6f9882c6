-- SPDX-License-Identifier: Apache-2.0
-- Power goes while commands wait for the disk: a WRITE has happened or it has not, and none happens after the crash.
return scenario {
  title  = "writes that a crash caught before the disk are done again when the target is back",
  covers = { "R-ERL-014" },
  run = function(lab)
    local target = lab:target { luns = { "1M" }, store_latency = "5ms", store_jitter = "5ms",
                                store_bandwidth = "10M" }
    local session = lab:initiator { profile = "linux" }:connect_target { node_address = target.name }
    local disk    = session:disk(1)

    local job = disk:start_write { transfer = "16K", depth = 8 }
    lab:sleep("23ms")
    lab:expect(not job.is_done, "commands are under way")
    target:power_cut()
    lab:sleep("10s")
    target:start()
    job:wait()
    disk:read {}
    lab:equal(session.logins, 2, "one more login")
  end,
}
