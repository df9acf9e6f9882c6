-- SPDX-License-Identifier: Apache-2.0
-- A command is kept back until the status of a later one has passed: the target must wait for it, the initiator for both.
return scenario {
  title  = "a command that comes long after those behind it is done in its turn, once",
  covers = { "R-NUM-007", "R-NUM-009" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" } }
    local session = lab:initiator {}:connect_target { node_address = target.name }
    local disk    = session:disk(1)
    local held    = lab:fault { on = target, when = { pdu = "SCSI Command", nth = 2 }, act = "hold" }
    local ping    = lab:fault { on = target, after = held, when = { pdu = "SCSI Command", nth = 5 }, act = "release", of = held }
    disk:write { transfer = "4K", length = "64K", depth = 8 }
    disk:read { length = "64K" }
    lab:equal(ping.fired, 1, "it was let go")
    lab:equal(session.logins, 1, "nobody lost the connection")
    lab:equal(target:counters().writes, 16, "each WRITE was done once")

    local aside = lab:fault { on = target, when = { pdu = "SCSI Response" }, act = "hold" }
    local job   = disk:start_write { length = "4K" }
    lab:sleep("10s")
    lab:expect(not job.is_done, "its status is held")
    aside:lift()
    job:wait()
    lab:equal(session.logins, 1, "it came in time")
  end,
}
