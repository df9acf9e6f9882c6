-- SPDX-License-Identifier: Apache-2.0
-- UNIT ATTENTION 3F/0E: one command at a time, so that none is under way when the target says so.
return scenario {
  title  = "a session that is told of new mappings looks again before it writes",
  covers = { "R-MODEL-022" },
  run = function(lab)
    local target  = lab:target { luns = { "4M", "4M" } }
    local session = lab:initiator {}:connect_target { node_address = target.name }
    local disk    = session:disk(1)
    disk:write { length = "1M" }
    local writes = target:counters().writes

    target:swap_luns(1, 2, true)
    lab:equal(disk:write { length = "1M", depth = 1, may_fail = true }.good, 0, "no write was accepted")
    lab:equal(target:counters().writes, writes, "none was done")
    lab:equal(session:luns()[1].state, "replaced", "the first")
    lab:equal(session:luns()[2].state, "replaced", "and the second")
    lab:equal(session:inquiry(1).vendor, "ISCSILAB", "who is there may still be asked")

    target:swap_luns(1, 2, true)
    session:rescan()
    disk:read { length = "1M" }
  end,
}
