-- SPDX-License-Identifier: Apache-2.0
-- A command is lost between the ends. At level 0 nobody sends its CmdSN again, and the target waits for it for ever.
return scenario {
  title    = "a command that never arrived holds the session up until it is ended, and no longer",
  covers   = { "bug:B70", "R-NUM-007" },
  liveness = "60s",
  run = function(lab)
    for _, nth in ipairs { 1, 3, 8 } do
      local target  = lab:target { luns = { "1M" } }
      local session = lab:initiator {}:connect_target { node_address = target.name }
      local disk    = session:disk(1)
      lab:fault { on = target, when = { pdu = "SCSI Command", nth = nth }, act = "drop" }
      local job = disk:start_write { length = "64K", transfer = "4K", depth = 8, timeout = "5s" }
      lab:within("8s", "what hangs is dealt with", function() return session.logins == 2 or job.is_done end)
      job:wait()
      disk:read { length = "64K" }
      lab:expect(session.logins <= 2, "at the price of one login at most")
    end
  end,
}
