-- SPDX-License-Identifier: Apache-2.0
-- ABORT TASK waits at the target for a command in a slow backend when the connection goes. The new connection hears nothing of it.
return scenario {
  title  = "an abort whose connection breaks leaves no task behind and no answer on the next connection",
  covers = { "bug:B52" },
  run = function(lab)
    for _, act in ipairs(lab.is_live and { "rst" } or { "rst", "fin" }) do
      local target  = lab:target { luns = { "1M" }, store_latency = "5s" }
      local session = lab:initiator {}:connect_target { node_address = target.name }
      local disk    = session:disk(1)
      local abort   = lab:fault { on = target, when = { pdu = "Task Management Function Request" }, act = "delay", delay = "1ms" }
      local job     = disk:start_write { length = "512K", timeout = "1s", may_fail = true }
      lab:within("2s", "an abort is out", function() return abort.fired == 1 end)
      lab:fault { on = target, when = { time = lab.now // 1000000 + 2 .. "ms" }, act = act }
      lab:within("10s", "the session is back", function() return session.logins >= 2 end)
      job:wait()
      lab:sleep("30s")
      local now = target:counters()
      lab:equal(now.sessions, 1, act .. ": one session")
      lab:equal(now.connections, 1, act .. ": one connection")
      disk:write { length = "64K", timeout = "30s" }
      disk:read { length = "64K", timeout = "30s" }
    end
  end,
}
