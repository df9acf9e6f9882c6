-- SPDX-License-Identifier: Apache-2.0
-- For 90 s the backend answers no command, while the target answers pings. Then it goes on as if nothing had been.
return scenario {
  title    = "a backend that stalls longer than a command's time costs commands at most, never the unit",
  covers   = { "bug:B114" },
  liveness = "200s",
  run = function(lab)
    for _, profile in ipairs { "windows", "linux" } do
      local target  = lab:target { luns = { "1M" } }
      local session = lab:initiator { profile = profile }:connect_target { node_address = target.name }
      local disk    = session:disk(1)
      local unit    = session:luns()[1].identity
      disk:write {}
      local stall = lab:fault { on = target, when = { scsi = "WRITE(16)" }, act = "stuck", times = 0 }
      local job   = disk:start_write { transfer = "64K", may_fail = true }
      lab:sleep("90s")
      stall:lift()
      job:wait()
      lab:expect(stall.fired >= 8, "commands hung")
      lab:within("60s", "it is connected", function() return session.is_connected end)
      disk:write {}
      disk:read {}
      lab:equal(session:luns()[1].identity, unit, "the unit is what it was")
      lab:equal(session:luns()[1].state, "present", "and there")
    end
  end,
}
