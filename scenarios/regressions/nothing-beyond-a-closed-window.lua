-- SPDX-License-Identifier: Apache-2.0
-- The backend hangs with a full window, and the target answers no function either: what is not immediate must wait, and the end
-- of the ladder is a new session, in bounded time. The referee watches MaxCmdSN.
return scenario {
  title    = "behind a closed window nothing is sent but aborts and pings, and the climb ends in a new login",
  covers   = { "bug:B58" },
  liveness = "150s",
  run = function(lab)
    for _, profile in ipairs(lab.is_live and { "linux" } or { "windows", "linux" }) do
      local target  = lab:target { luns = { "1M" }, queue_depth = 8 }
      local session = lab:initiator { profile = profile }:connect_target { node_address = target.name }
      local disk    = session:disk(1)
      local stuck   = lab:fault { on = target, when = { scsi = "WRITE(16)" }, act = "stuck", times = 8 }
      local deaf    = lab:fault { on = target, when = { pdu = "Task Management Function Request" }, act = "drop", times = 3 }
      local job     = disk:start_write { length = "1M", depth = 16, timeout = "5s" }
      lab:within("90s", "the session is made anew", function() return session.logins == 2 end)
      lab:equal(stuck.fired, 8, "the whole window hung")
      lab:equal(deaf.fired, 3, "each step of the ladder was tried")
      job:wait()
      disk:read { length = "1M" }
    end
  end,
}
