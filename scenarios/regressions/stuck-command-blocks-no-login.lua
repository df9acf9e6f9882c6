-- SPDX-License-Identifier: Apache-2.0
-- A command that never ends is in the backend when its connection falls silent or is reset. Its initiator comes back, others come,
-- all to the same portal.
return scenario {
  title  = "a command that never ends holds up neither its own session's new login nor anybody else's",
  covers = { "bug:B44" },
  run = function(lab)
    local target  = lab:target { luns = { "1M", "1M" } }
    local host    = lab:initiator { profile = "linux" }
    local session = host:connect_target { node_address = target.name }
    local disk    = session:disk(1)
    local stuck   = lab:fault { on = target, when = { scsi = "WRITE(16)" }, act = "stuck", times = 4 }
    local job     = disk:start_write { length = "64K", timeout = "5min" }
    for round, act in ipairs { "black_hole", "rst", "black_hole", "fin" } do
      lab:within("4s", "it hangs", function() return stuck.fired == round end)
      local loss = lab:fault { on = host, when = { time = lab.now // 1000000 + 1 .. "ms" }, act = act }
      lab:sleep("1s")
      local began = lab.now
      local other = lab:initiator {}:connect_target { node_address = target.name }
      lab:expect(lab.now - began < 1000000000 + lab.slack, "another host logs in at once")
      other:disk(2):write { length = "64K", cdb = 10 }
      other:disconnect()
      lab:within("12s", "its own session is back", function() return session.logins == round + 1 end)
      loss:lift()
    end
    job:wait()
    disk:read { length = "64K" }
    lab:equal(target:counters().sessions, 1, "one session is left")
    lab:equal(target:counters().reinstatements, 4, "it took the place of its dead self each time")
  end,
}
