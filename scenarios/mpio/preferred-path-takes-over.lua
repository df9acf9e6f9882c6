-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title = "the preferred path takes over again some time after it is back, and no other does",
  run = function(lab)
    local target = lab:target { portals = 2, luns = { "1M" } }
    local host   = lab:initiator {}
    local sessions = {}
    for i = 1, 2 do
      sessions[i] = host:connect_target { node_address = target.name, portal = target.portals[i], is_multipath_enabled = true }
    end
    local disk = host:mpio_disk { sessions = sessions, policy = "fail over only", preferred = 2, failback = "10s", recovery = "2s" }
    local function active() return disk.paths[1].state == "active" and 1 or disk.paths[2].state == "active" and 2 end
    lab:within("30s", "the preferred path leads", function() return active() == 2 end)
    for _ = 1, 2 do
      disk:fail_path(2)
      disk:write {}
      lab:equal(active(), 1, "the other one has stepped in")
      lab:within("5s", "the preferred one is well", function() return disk.paths[2].state == "standby" end)
      lab:sleep("8s")
      lab:equal(active(), 1, "it waits, as it may fail again")
      lab:within("5s", "it has taken over", function() return active() == 2 end)
      disk:read {}
    end
    disk:fail_path(1)
    lab:sleep("30s")
    lab:equal(active(), 2, "a path that is back, and not preferred, stands by")
  end,
}
