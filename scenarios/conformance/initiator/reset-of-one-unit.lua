-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "a LUN reset ends the tasks of its unit, which are done again, and those of the others go on",
  covers = { "R-TMF-003", "R-TMF-036" },
  run = function(lab)
    local target  = lab:target { luns = { "1M", "1M" }, power_on_attention = false }
    local session = lab:initiator {}:connect_target { node_address = target.name }
    local numbers = session:report_luns()
    local late = lab:fault { on = target, when = { scsi = "TEST UNIT READY" }, act = "late", delay = "5s", times = 0 }
    local function wait_on(number) return session:start_command { cdb = "00", lun = number } end
    local first, second = wait_on(numbers[1]), wait_on(numbers[2])
    lab:sleep("1s")
    lab:equal(session:lun_reset(1), "function complete", "the reset is done")
    lab:equal(first:wait(), "GOOD", "the unit's own task is done")
    lab:equal(second:wait(), "GOOD", "the other unit's too")
    lab:equal(late.fired, 3, "only the first was done again")
  end,
}
