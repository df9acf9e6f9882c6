-- SPDX-License-Identifier: Apache-2.0
-- The target loses power while writes are under way, and its sessions with it; its data is still there.
return scenario {
  title  = "writes go on where they were when the target is back from a crash",
  covers = { "R-ERL-014", "R-ISID-010" },
  run = function(lab)
    local target  = lab:target { luns = { "16M" } }
    local session = lab:initiator {}:connect_target { node_address = target.name }
    local disk    = session:disk(1)

    local job = disk:start_write { transfer = "64K", depth = 4 }
    lab:sleep("2ms")
    target:power_cut()
    lab:sleep("20s")
    target:start()
    job:wait()
    disk:read {}
    lab:equal(session.logins, 2, "one more login")
    lab:equal(target:counters().reinstatements, 0, "the target had forgotten the session")
  end,
}
