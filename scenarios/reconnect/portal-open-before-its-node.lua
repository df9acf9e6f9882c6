-- SPDX-License-Identifier: Apache-2.0
-- A controller that restarts opens its portals before its nodes. A session that lost its connection then is told "not found",
-- "service unavailable" or "out of resources", with a write waiting.
return scenario {
  title  = "a session under writes outlasts a target that answers before its node is there",
  covers = { "R-REIN-021" },
  run = function(lab)
    for _, status in ipairs { 0x0203, 0x0301, 0x0302 } do
      local target  = lab:target { luns = { "1M" } }
      local host    = lab:initiator { reconnect_delay = "200ms" }
      local session = host:connect_target { node_address = target.name }
      local disk    = session:disk(1)
      disk:write {}

      local early = lab:fault { on = target, when = { pdu = "Login Request" }, act = "login_status", status = status, times = 0 }
      target:kill()
      target:start()
      local job = disk:start_write {}
      lab:within("20s", "it is told so three times", function() return early.fired >= 3 end)
      lab:expect(not session.is_connected and not job.is_done, "the write waits")
      early:lift()
      job:wait()
      disk:read {}
      lab:equal(session.logins, 2, "one login was good")
    end
  end,
}
