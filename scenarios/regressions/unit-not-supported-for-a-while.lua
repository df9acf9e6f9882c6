-- SPDX-License-Identifier: Apache-2.0
-- LOGICAL UNIT NOT SUPPORTED comes over path 1: once, then at check after check. (A rule makes it of a unit attention's sense.)
return scenario {
  title    = "a path whose unit is not supported fails, is asked again, and is used again only when the unit is there",
  covers   = { "bug:B146" },
  liveness = "90s",
  run = function(lab)
    local target, host, sessions = lab:target { portals = 2, luns = { "1M" } }, lab:initiator { profile = "linux" }, {}
    for i = 1, 2 do
      sessions[i] = host:connect_target { node_address = target.name, portal = target.portals[i], is_multipath_enabled = true }
    end
    local disk = host:mpio_disk { sessions = sessions, policy = "fail over only", check = 0, recovery = "5s" }
    disk:write {}
    local function refuse(scsi, times)
      lab:fault { on = target, when = { scsi = scsi }, act = "unit_attention", times = times }
      return lab:fault { on = target, portal = target.portals[1], when = { pdu = "SCSI Response", Status = 2 }, act = "overwrite",
                         offset = 52, octets = "05 00000000 0a 00000000 25 00", times = times }
    end
    for _, checks in ipairs { 0, 1, 5 } do
      local gone  = refuse("WRITE(16)", 1)
      local still = checks > 0 and refuse("TEST UNIT READY", checks)
      disk:write { length = "64K", transfer = "64K" }
      lab:equal(gone.fired, 1, "the unit was not there")
      lab:equal(disk.paths[1].state, "failed", "path 1 has failed")
      lab:equal(disk.paths[2].state, "active", "path 2 did the write")
      lab:sleep(checks * 5 .. "s")
      lab:equal(disk.paths[1].state, "failed", "and stays so while its unit is not there")
      lab:within("6s", "then it is well", function() return disk.paths[1].state == "standby" end)
      lab:equal(still and still.fired or 0, checks, "it was asked at each check")
      disk:fail_path(2)
      lab:equal(disk.paths[1].state, "active", "it takes over")
      disk:write { length = "64K" }
      lab:within("6s", "path 2 is well", function() return disk.paths[2].state == "standby" end)
    end
    disk:read {}
    lab:equal(sessions[1].logins + sessions[2].logins, 2, "no session was touched")
  end,
}
