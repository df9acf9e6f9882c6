-- SPDX-License-Identifier: Apache-2.0
-- The target restarts and has forgotten its sessions; what was LUN 1 is LUN 2 now. A write was under way.
return scenario {
  title  = "a target that comes back without its sessions and with another unit behind the number gets no write for it",
  covers = { "R-ISID-010" },
  run = function(lab)
    local target  = lab:target { luns = { "1M", "1M" } }
    local host    = lab:initiator { reconnect_delay = "500ms" }
    local session = host:connect_target { node_address = target.name }
    local one, two = session:disk(1), session:disk(2)
    local known = session:luns()
    one:write {}
    two:write {}
    local job = one:start_write { transfer = "4K", may_fail = true }
    lab:within("9s", "writes are under way", function() return job.good > 10 end)

    target:kill()
    target:start()
    target:swap_luns(1, 2)
    job:wait()
    lab:expect(job.failed > 0, "the rest of the writes failed")
    lab:equal(session.logins, 2, "the session is a new one at the target")
    lab:equal(target:counters().reinstatements, 0, "which knows of no old one")
    lab:equal(session:luns()[1].state, "replaced", "the initiator sees another unit")
    lab:equal(session:luns()[1].identity, known[1].identity, "and remembers which it was")
    lab:equal(one:write { may_fail = true }.good + two:write { may_fail = true }.good, 0, "neither is written")
    lab:equal(target:counters().writes, 0, "not once")

    target:swap_luns(1, 2)
    session:rescan()
    lab:within("9s", "the old unit is there again", function() return session:luns()[1].state == "present" end)
    two:read {}
    one:read {}
    one:write {}
    one:read {}
  end,
}
