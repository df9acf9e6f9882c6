-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "a hundred sessions that are told of a changed LUN look once each, and none reconnects",
  covers = { "bug:B96" },
  run = function(lab)
    local target   = lab:target { luns = { "1M", "1M", "1M" } }
    local sessions = {}
    for i = 1, 10 do
      local host = lab:initiator {}
      for _ = 1, 10 do
        sessions[#sessions + 1] = host:connect_target { node_address = target.name, is_multipath_enabled = true }
      end
    end
    local disks = {}
    for i, session in ipairs(sessions) do disks[i] = session:disk(3) end
    lab:sleep("1s")
    local looks = lab:fault { on = target, when = { scsi = "REPORT LUNS" }, act = "late", delay = "1ms", times = 0 }
    for _ = 1, 2 do target:swap_luns(1, 2, true) end -- and so every unit is again what it was
    for _, session in ipairs(sessions) do
      lab:equal(session:start_command { cdb = "00" }:wait(), "GOOD", "it is told, and tries again")
    end
    for i, disk in ipairs(disks) do disk:write { length = "4K", lba = i * 8 } end
    lab:sleep(lab.is_live and "30s" or "10min")
    for i, session in ipairs(sessions) do
      lab:equal(session.logins, 1, "nobody reconnected")
      lab:equal(#session:luns(), 3, "all LUNs are there")
      disks[i]:read { length = "4K", lba = i * 8 }
    end
    lab:equal(looks.fired, #sessions, "each looked once")
  end,
}
