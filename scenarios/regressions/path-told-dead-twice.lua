-- SPDX-License-Identifier: Apache-2.0
-- A path's end comes from its session, from the checker and from an operator, none, one or two times each, in any order.
return scenario {
  title    = "however often and by whom a path is told dead, it fails once and comes back once",
  covers   = { "bug:B124" },
  liveness = "90s",
  run = function(lab)
    local target, host, sessions = lab:target { portals = 2, luns = { "1M" } }, lab:initiator { profile = "linux" }, {}
    for i = 1, 2 do
      sessions[i] = host:connect_target { node_address = target.name, portal = target.portals[i], is_multipath_enabled = true }
    end
    local disk = host:mpio_disk { sessions = sessions, policy = "round robin", recovery = "5s" }
    local ways = {
      function() disk:fail_path(1) end,
      function() disk:check_path(1) end,
      function()
        lab:fault { on = target, portal = target.portals[1], when = { time = lab.now // 1000000 + 2 .. "ms" }, act = "rst",
                    optional = true } -- it may be down already
      end,
    }
    for first = 1, 3 do
      for second = 1, 3 do
        for third = 1, 3 do
          local job = disk:start_write { transfer = "4K", depth = 8 }
          for _, way in ipairs { first, second, third } do
            ways[way]()
            lab:sleep("3ms")
          end
          job:wait()
          lab:within("40s", "both paths are active", function()
            return disk.paths[1].state == "active" and disk.paths[2].state == "active"
          end)
          lab:equal(disk.paths[1].in_flight + disk.paths[2].in_flight, 0, "nothing is counted as under way")
          disk:read {}
        end
      end
    end
    lab:equal(disk.paths[2].failures, 0, "the other path never failed")
    lab:equal(#disk.paths, 2, "there are two")
  end,
}
