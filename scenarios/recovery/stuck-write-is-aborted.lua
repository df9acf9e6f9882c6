-- SPDX-License-Identifier: Apache-2.0
-- One command hangs in the device server: it is aborted and done again, and the others do not notice.
return scenario {
  title  = "a write that never gets its status is aborted and done again, on the same connection",
  covers = { "R-TMF-010", "R-TMF-031", "R-TMF-057" },
  run = function(lab)
    local target  = lab:target { luns = { "4M" } }
    local session = lab:initiator {}:connect_target { node_address = target.name }
    local disk    = session:disk(1)

    local stuck = lab:fault { on = target, when = { scsi = "WRITE(16)", nth = 3 }, act = "stuck" }
    disk:write { length = "1M", timeout = "5s" }
    disk:read { length = "1M" }
    lab:equal(stuck.fired, 1, "one write hung")
    lab:equal(session.logins, 1, "the session stayed")
  end,
}
