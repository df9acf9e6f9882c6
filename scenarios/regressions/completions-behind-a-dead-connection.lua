-- SPDX-License-Identifier: Apache-2.0
-- 32 reads are in a backend that takes 3 s for each when their connection goes; they complete when it has been replaced.
return scenario {
  title  = "commands that complete behind the end of their connection answer nobody and leave nothing behind",
  covers = { "bug:B34" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" }, store_latency = "3s" }
    local session = lab:initiator {}:connect_target { node_address = target.name }
    local disk    = session:disk(1)
    disk:write { transfer = "64K", depth = 32 }
    for round, act in ipairs { "rst", "fin", "half_close", "black_hole" } do
      local fault = lab:fault { on = target, when = { pdu = "SCSI Command", nth = 16 }, act = act, lasts = act == "black_hole" and "1s" or nil }
      disk:read { transfer = "32K", depth = 32, timeout = "20s" }
      lab:equal(fault.fired, 1, act)
      lab:sleep("10s")
      local now = target:counters()
      lab:equal(now.sessions, 1, act .. ": one session")
      lab:equal(now.connections, 1, act .. ": one connection")
    end
    lab:expect(session.logins >= 3, "connections were lost")
  end,
}
