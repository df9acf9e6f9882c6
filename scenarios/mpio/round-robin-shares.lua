-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "round robin gives three paths their equal shares, and two of them when one is failed by word",
  covers = { "seed:mpio.round-robin" },
  run = function(lab)
    local target = lab:target { portals = 3, luns = { "3M" } }
    local host   = lab:initiator {}
    local sessions = {}
    for i = 1, 3 do
      sessions[i] = host:connect_target { node_address = target.name, portal = target.portals[i], is_multipath_enabled = true }
    end
    local disk = host:mpio_disk { sessions = sessions, policy = "round robin" }
    local function shares()
      local before = disk.paths
      disk:write { transfer = "64K" }
      disk:read { transfer = "64K" }
      local now = disk.paths
      return now[1].commands - before[1].commands, now[2].commands - before[2].commands, now[3].commands - before[3].commands
    end
    local a, b, c = shares()
    lab:equal(a + b + c, 96, "all commands went over the paths")
    lab:expect(math.max(a, b, c) - math.min(a, b, c) <= 1, "the shares differ by at most one")

    disk:fail_path(2)
    a, b, c = shares()
    lab:equal(b, 0, "a failed path gets nothing")
    lab:expect(math.max(a, c) - math.min(a, c) <= 1, "the others share")
    disk:check_path(2)
    lab:within("1s", "the path is taken back", function() return disk.paths[2].state == "active" end)

    disk:set_policy("fail over only")
    a, b, c = shares()
    lab:equal(a == 96 and b + c, 0, "fail over only uses one path")
  end,
}
