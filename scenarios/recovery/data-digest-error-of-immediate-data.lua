-- SPDX-License-Identifier: Apache-2.0
-- A command whose immediate data is damaged has not come: it takes no place in the order of commands.
return scenario {
  title  = "a command with damaged immediate data is rejected, and done anew",
  covers = { "R-DIG-007", "R-DIG-010" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" } }
    local session = lab:initiator {}:connect_target { node_address = target.name, data_digest = true }
    local disk    = session:disk(1)
    local wrong   = lab:fault { on = target, when = { pdu = "SCSI Command", nth = 3 }, act = "data_digest" }
    disk:write { length = "64K", transfer = "4K", depth = 4 }
    disk:read { length = "64K" }

    lab:equal(wrong.fired, 1, "one data digest was wrong")
    lab:equal(target:counters().rejects, 1, "the target rejected it")
    lab:equal(session.logins, 2, "the session logged in again")
  end,
}
