-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "fail over only stays on the path that took over, but for a preferred path that is back",
  covers = { "seed:mpio.fail-over-only" },
  run = function(lab)
    for _, preferred in ipairs { 0, 1 } do
      local target   = lab:target { portals = 2, luns = { "1M" } }
      local host     = lab:initiator {}
      local sessions = {}
      for i = 1, 2 do
        sessions[i] = host:connect_target { node_address = target.name, portal = target.portals[i], is_multipath_enabled = true }
      end
      local disk = host:mpio_disk { sessions = sessions, policy = "fail over only", preferred = preferred, link_down = "500ms" }
      disk:write {}
      lab:equal(disk.paths[1].state, "active", "the first path is used")
      lab:fault { on = target, portal = target.portals[1], when = { pdu = "SCSI Command" }, act = "rst" }
      disk:write {}
      lab:equal(disk.paths[2].state, "active", "the second took over")

      local back = preferred == 1 and "active" or "standby"
      lab:within("9s", "the first is back as it should be", function() return disk.paths[1].state == back end)
      lab:sleep("1s")
      local before = disk.paths
      disk:read {}
      local used = preferred == 1 and 1 or 2
      lab:equal(disk.paths[used].commands - before[used].commands, 16, "all reads went one way")
      lab:equal(disk.paths[3 - used].commands, before[3 - used].commands, "none the other")
    end
  end,
}
