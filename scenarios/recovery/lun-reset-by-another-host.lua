-- SPDX-License-Identifier: Apache-2.0
-- TAS is 0: whoever else had tasks on the unit gets no status for them, and a UNIT ATTENTION on the next command.
return scenario {
  title  = "a LUN reset ends the other host's write in silence; its driver finds out and does it again",
  covers = { "R-TMF-013", "R-TMF-033", "R-TMF-036" },
  run = function(lab)
    local target = lab:target { luns = { "1M" } }
    local victim = lab:initiator {}:connect_target { node_address = target.name }
    local other  = lab:initiator {}:connect_target { node_address = target.name }
    local disk   = victim:disk(1)

    lab:fault { on = target, when = { scsi = "WRITE(16)" }, act = "late", delay = "2s" }
    local job = disk:start_write { length = "64K", timeout = "5s" }
    lab:sleep("1s")
    lab:equal(other:lun_reset(1), "function complete", "the reset is done")
    lab:sleep("3s")
    lab:expect(not job.is_done, "nobody told the victim")
    job:wait()
    disk:read { length = "64K" }
    lab:equal(victim.logins, 1, "an abort of a task that is gone needs no new session")
  end,
}
