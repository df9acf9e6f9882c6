-- SPDX-License-Identifier: Apache-2.0
-- Both paths are down when units 2 and 3 change places; nobody is told. A multipath disk over unit 2 has writes to do.
return scenario {
  title    = "not a byte of a disk is written to the unit that took its number during an outage",
  covers   = { "bug:B132" },
  liveness = "120s",
  run = function(lab)
    local target, host, sessions = lab:target { portals = 2, luns = { "1M", "1M", "1M" } }, lab:initiator {}, {}
    for i = 1, 2 do
      sessions[i] = host:connect_target { node_address = target.name, portal = target.portals[i], is_multipath_enabled = true }
    end
    local disk     = host:mpio_disk { sessions = sessions, lun = 2, hold = "30s" }
    local stranger = sessions[1]:disk(3)
    stranger:write {}
    disk:write {}
    lab:fault { on = target, when = { pdu = "SCSI Command", nth = 5 }, act = "rst" }
    lab:fault { on = target, when = { time = lab.now // 1000000 + 3 .. "ms" }, act = "rst" }
    local job = disk:start_write { transfer = "16K", depth = 16, may_fail = true }
    lab:within("1s", "both paths are down", function() return not sessions[1].is_connected and not sessions[2].is_connected end)
    target:swap_luns(2, 3)
    local writes = target:counters().writes
    job:wait()
    lab:within("30s", "the sessions are back", function() return sessions[1].is_connected and sessions[2].is_connected end)
    lab:equal(target:counters().writes, writes, "nothing was written")
    target:swap_luns(2, 3, true)
    for _, session in ipairs(sessions) do session:rescan() end
    lab:sleep("1s")
    stranger:read {}
  end,
}
