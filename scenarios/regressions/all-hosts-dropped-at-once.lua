-- SPDX-License-Identifier: Apache-2.0
-- A hiccup longer than anybody's patience: everything that a target has is reset in one instant, three times.
return scenario {
  title    = "when all sessions of all hosts are dropped at once, each comes back, not all at once, and no disk fails",
  covers   = { "bug:B36" },
  run = function(lab)
    local target = lab:target { portals = 2, luns = { "1M", "1M", "1M", "1M" } }
    local disks, jobs, sessions = {}, {}, {}
    for i = 1, 4 do
      local host, paths = lab:initiator { reconnect_jitter = "4s" }, {}
      for p = 1, 2 do
        paths[p] = host:connect_target { node_address = target.name, portal = target.portals[p], is_multipath_enabled = true }
        sessions[#sessions + 1] = paths[p]
      end
      disks[i] = host:mpio_disk { sessions = paths, lun = i, policy = "round robin" }
    end
    local function count(logins)
      local back = 0
      for _, session in ipairs(sessions) do if session.logins == logins then back = back + 1 end end
      return back
    end
    for round = 1, 3 do
      for i, disk in ipairs(disks) do jobs[i] = disk:start_write { transfer = "4K", depth = 4 } end
      local drop = lab:fault { on = target, when = { time = lab.now // 1000000 + 2 .. "ms" }, act = "rst" }
      lab:sleep("1990ms")
      lab:equal(drop.fired, 1, "all are gone")
      lab:equal(count(round + 1), 0, "nobody comes before Time2Wait")
      lab:within("5s", "some are back", function() return count(round + 1) >= 2 end)
      lab:expect(count(round + 1) < 8, "but not all at once")
      lab:within("5s", "all are back", function() return count(round + 1) == 8 end)
      for i, job in ipairs(jobs) do job:wait() disks[i]:read {} end
    end
    lab:equal(target:counters().sessions, 8, "none is there twice")
  end,
}
