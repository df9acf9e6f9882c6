-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "when no task management function is answered, the session is given up and logs in anew",
  covers = { "R-TMF-039" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" } }
    local host    = lab:initiator { abort_timeout = "3s", lun_reset_timeout = "3s", target_reset_timeout = "3s" }
    local session = host:connect_target { node_address = target.name }
    local disk    = session:disk(1)

    lab:fault { on = target, when = { scsi = "WRITE(16)", nth = 2 }, act = "stuck" }
    lab:fault { on = target, when = { pdu = "Task Management Function Request" }, act = "drop", times = 3 }
    local job = disk:start_write { length = "512K", timeout = "5s" }
    lab:within("20s", "the session is back", function() return session.logins == 2 end)
    job:wait()
    disk:read { length = "512K" }
  end,
}
