-- SPDX-License-Identifier: Apache-2.0
-- A UNIT ATTENTION tells of the past: the command was not begun (SAM-5 5.14), and the path is as good as before.
return scenario {
  title = "a unit attention costs a multipath disk neither the command nor the path",
  run = function(lab)
    local target = lab:target { portals = 2, luns = { "1M" } }
    local host   = lab:initiator {}
    local sessions = {}
    for i = 1, 2 do
      sessions[i] = host:connect_target { node_address = target.name, portal = target.portals[i], is_multipath_enabled = true }
    end
    local disk = host:mpio_disk { sessions = sessions, policy = "round robin" }
    for _, scsi in ipairs { "WRITE(16)", "READ(16)" } do
      local told = lab:fault { on = target, when = { scsi = scsi, nth = 3 }, act = "unit_attention" }
      disk:write {}
      disk:read {}
      lab:equal(told.fired, 1, scsi .. " was answered so once")
    end
    lab:equal(disk.paths[1].failures + disk.paths[2].failures, 0, "no path failed")
  end,
}
