-- SPDX-License-Identifier: Apache-2.0
-- Nothing is under way when the network of a path goes, and nobody checks: pings find it, and link_down later it counts as failed.
return scenario {
  title = "a path that dies while nothing is sent is found, and costs the next command nothing",
  run = function(lab)
    local target = lab:target { portals = 2, luns = { "1M" } }
    local host   = lab:initiator { profile = "linux" }
    local sessions = {}
    for i = 1, 2 do
      sessions[i] = host:connect_target { node_address = target.name, portal = target.portals[i], is_multipath_enabled = true }
    end
    local disk = host:mpio_disk { sessions = sessions, policy = "fail over only", link_down = "4s", check = 0 }
    disk:write {}

    local down = lab:fault { on = target, portal = target.portals[1], when = { time = "1s" }, act = "path_down" }
    lab:within("30s", "the path has failed", function() return disk.paths[1].state == "failed" end)
    lab:equal(disk.paths[2].state, "active", "the other one has stepped in")
    local start = lab.now
    disk:read {}
    lab:expect(lab.now - start < 10^9, "nobody waited for the dead one")
    down:lift()
    lab:within("60s", "the path is back", function() return disk.paths[1].state == "standby" end)
  end,
}
