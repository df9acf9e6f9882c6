-- SPDX-License-Identifier: Apache-2.0
-- The session stays up, so nothing but the checker brings the path back.
return scenario {
  title = "a path that was failed by word is asked again, and used when its unit is well",
  run = function(lab)
    local target = lab:target { portals = 2, luns = { "1M" } }
    local host   = lab:initiator {}
    local sessions = {}
    for i = 1, 2 do
      sessions[i] = host:connect_target { node_address = target.name, portal = target.portals[i], is_multipath_enabled = true }
    end
    local disk = host:mpio_disk { sessions = sessions, policy = "round robin", recovery = "3s" }
    disk:write {}
    for i = 1, 2 do
      disk:fail_path(i)
      lab:equal(disk.paths[i].state, "failed", "the path is out")
      local before = disk.paths[i].commands
      disk:read {}
      lab:equal(disk.paths[i].commands, before, "nothing goes there")
      lab:within("5s", "the checker has found it well", function() return disk.paths[i].state == "active" end)
      disk:write {}
      lab:expect(disk.paths[i].commands > before, "it has its share again")
    end
    lab:equal(sessions[1].logins + sessions[2].logins, 2, "no session was lost")
  end,
}
