-- SPDX-License-Identifier: Apache-2.0
-- Field bug class: LUN 2 is mapped anew while the path is down, nobody is told, and writes go to another volume.
return scenario {
  title  = "another unit behind the same number is never written, and comes back when the old one does",
  covers = { "R-REIN-023" },
  run = function(lab)
    local target  = lab:target { luns = { "4M", "4M", "4M" } }
    local session = lab:initiator {}:connect_target { node_address = target.name }
    local one, two, three = session:disk(1), session:disk(2), session:disk(3)
    local known = session:luns()
    lab:expect(#known >= 3, "all are known")
    two:write {}

    -- The path dies in the midst of writes; the units change places before it is back.
    lab:fault { on = target, when = { pdu = "SCSI Command", nth = 10 }, act = "rst" }
    local job = three:start_write { transfer = "64K", depth = 4, may_fail = true }
    lab:within("1s", "the path is down", function() return not session.is_connected end)
    target:swap_luns(2, 3)
    local writes = target:counters().writes
    job:wait()
    lab:expect(job.failed > 0, "the rest of the writes failed")
    lab:equal(two:write { may_fail = true }.good, 0, "nothing is written at the other number, either")
    lab:equal(target:counters().writes, writes, "no write reached the target")
    lab:equal(session:luns()[3].state, "replaced", "it knows")
    lab:equal(session:luns()[3].identity, known[3].identity, "which unit it was")
    one:write {}

    target:swap_luns(2, 3, true)
    session:rescan()
    two:read {}
    three:write {}
    three:read {}
    lab:equal(session:luns()[3].state, "present", "the old unit is there again")
  end,
}
