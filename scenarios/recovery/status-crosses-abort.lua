-- SPDX-License-Identifier: Apache-2.0
-- Each write is as late as its driver is patient: some statuses come before the abort, some cross it, some never come.
return scenario {
  title  = "a status that crosses its abort ends the task once, whichever comes first",
  covers = { "R-TMF-005", "R-TMF-059", "R-TMF-061" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" } }
    local session = lab:initiator {}:connect_target { node_address = target.name }
    local disk    = session:disk(1)

    for _, late in ipairs { "4s", "4999ms", "4999900us", "4999950us", "5s", "5001ms" } do
      lab:fault { on = target, when = { scsi = "WRITE(16)" }, act = "late", delay = late, times = 8 }
      disk:write { length = "512K", timeout = "5s" }
      disk:read { length = "512K" }
    end
    lab:equal(session.logins, 1, "no order of answers cost the session")
  end,
}
