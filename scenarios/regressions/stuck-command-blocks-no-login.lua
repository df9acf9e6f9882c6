-- SPDX-License-Identifier: Apache-2.0
-- A command that never ends is in the backend; its initiator reconnects, others come, all to the same portal.
return scenario {
  title  = "a command that never ends holds up neither its own session's new login nor anybody else's",
  covers = { "bug:B44" },
  run = function(lab)
    local target  = lab:target { luns = { "1M", "1M" } }
    local host    = lab:initiator {}
    local session = host:connect_target { node_address = target.name }
    local disk    = session:disk(1)
    local stuck   = lab:fault { on = target, when = { scsi = "WRITE(16)" }, act = "stuck", times = 3 }
    local job     = disk:start_write { length = "64K", timeout = "5min" }
    for round = 1, 3 do
      lab:within("4s", "it hangs", function() return stuck.fired == round end)
      lab:fault { on = host, when = { time = lab.now // 1000000 + 1 .. "ms" }, act = "rst" }
      lab:sleep("1s")
      local began = lab.now
      local other = lab:initiator {}:connect_target { node_address = target.name }
      lab:expect(lab.now - began < 1000000000 + lab.slack, "another host logs in at once")
      other:disk(2):write { length = "64K", cdb = 10 }
      other:disconnect()
      lab:within("4s", "its own session is back", function() return session.logins == round + 1 end)
    end
    job:wait()
    disk:read { length = "64K" }
    lab:equal(target:counters().sessions, 1, "one session is left")
  end,
}
