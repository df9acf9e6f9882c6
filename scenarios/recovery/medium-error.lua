-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "a medium error is told to who asked, and is nobody else's trouble",
  covers = { "R-MODEL-021", "R-MODEL-022" },
  run = function(lab)
    local target  = lab:target { luns = { "1M", "1M" } }
    local session = lab:initiator {}:connect_target { node_address = target.name }
    local first, second = session:disk(1), session:disk(2)
    first:write {}

    local bad = lab:fault { on = target, when = { scsi = "READ(16)", lun = 1, nth = 2 }, act = "medium_error" }
    second:write {}
    second:read {}
    local job = first:start_read { may_fail = true }
    job:wait()
    lab:equal(job.failed, 1, "one read failed")
    lab:equal(bad.fired, 1, "and was not tried again")
    first:read {}
  end,
}
