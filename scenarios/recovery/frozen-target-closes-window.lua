-- SPDX-License-Identifier: Apache-2.0
-- Field bug B58: every command hangs, the window is closed, and aborts must get through all the same.
return scenario {
  title  = "with the window closed by stuck commands the aborts still go out, and all is done in the end",
  covers = { "R-NUM-002", "R-TMF-057" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" }, queue_depth = 8 }
    local session = lab:initiator {}:connect_target { node_address = target.name }
    local disk    = session:disk(1)

    local stuck = lab:fault { on = target, when = { scsi = "WRITE(16)" }, act = "stuck", times = 8 }
    disk:write { length = "1M", depth = 16, timeout = "5s" }
    disk:read { length = "1M" }
    lab:equal(stuck.fired, 8, "the whole window hung")
    lab:equal(session.logins, 1, "the session stayed")
  end,
}
