-- SPDX-License-Identifier: Apache-2.0
-- The first steps of the ladder are lost on their way; the next one is taken after each step's own time.
return scenario {
  title  = "an abort without an answer leads to a LUN reset, and that to a target reset",
  covers = { "R-TMF-036", "R-TMF-057" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" } }
    local session = lab:initiator { abort_timeout = "3s", lun_reset_timeout = "3s" }:connect_target { node_address = target.name }
    local disk    = session:disk(1)
    local TMF     = "Task Management Function Request"

    lab:fault { on = target, when = { scsi = "WRITE(16)" }, act = "stuck" }
    lab:fault { on = target, when = { pdu = TMF, Function = 1 }, act = "drop" }
    lab:fault { on = target, when = { pdu = TMF, Function = 5 }, act = "drop" }
    local job = disk:start_write { length = "512K", transfer = "64K", timeout = "5s" }
    lab:sleep("10s")
    lab:expect(not job.is_done, "5 s for the write, 3 s for the abort and 3 s for the LUN reset are not over")
    job:wait()
    disk:read { length = "512K" }
    lab:equal(session.logins, 1, "the target reset helped")
  end,
}
