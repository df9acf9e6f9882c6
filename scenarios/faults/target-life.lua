-- SPDX-License-Identifier: Apache-2.0
-- Crash, restart and power cut, each in the midst of a WRITE's data.
return scenario {
  title    = "a target that dies behind a Data-Out comes back, and each WRITE is there",
  liveness = "120s",
  run = function(lab)
    for _, act in ipairs { "restart", "crash", "power_cut" } do
      local target  = lab:target { luns = { "1M" }, keys = { MaxRecvDataSegmentLength = 8192 } }
      local session = lab:initiator {}:connect_target { node_address = target.name }
      local disk    = session:disk(1)
      local life = lab:fault { on = target, when = { pdu = "Data-Out", nth = 5 }, act = act, delay = act == "restart" and "3s" or nil }
      local job  = disk:start_write { transfer = "64K", depth = 4 }
      lab:within("10s", act .. " has come", function() return life.fired == 1 end)
      if act ~= "restart" then
        lab:sleep("3s")
        target:start()
      end
      job:wait()
      disk:read { transfer = "64K" }
      lab:equal(session.logins, 2, act .. ": one more login")
    end
  end,
}
