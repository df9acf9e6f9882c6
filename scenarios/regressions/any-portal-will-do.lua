-- SPDX-License-Identifier: Apache-2.0
-- Three sessions over three portals are restored while each set of portals but the whole one is closed.
return scenario {
  title    = "a disk is there with whichever portals are open, and has all of its paths when the others are",
  covers   = { "bug:B138" },
  liveness = "120s",
  run = function(lab)
    for set = 0, 6 do
      local target, host = lab:target { portals = 3, luns = { "1M" } }, lab:initiator {}
      for n = 1, 3 do
        host:connect_target { node_address = target.name, portal = target.portals[n], is_multipath_enabled = true }
          :register { is_multipath_enabled = true }
      end
      host:power_cut()
      local closed, open = {}, 0
      for n = 1, 3 do
        if set >> (n - 1) & 1 == 1 then
          closed[#closed + 1] = lab:fault { on = host, portal = target.portals[n], when = { connect = true }, times = 0,
                                            act = n == 2 and "no_answer" or "refuse" }
        else
          open = open + 1
        end
      end
      host:start()
      lab:within("1s", "what is open is up", function() return #host:get_sessions { is_connected = true } == open end)
      local disk = host:mpio_disk { sessions = host:get_sessions { is_connected = true } }
      disk:write {}
      local late = host:get_sessions { is_connected = false }
      for _, fault in ipairs(closed) do fault:lift() end
      lab:within("80s", "all are up", function() return #host:get_sessions { is_connected = true } == 3 end)
      lab:sleep("1s")
      for _, session in ipairs(late) do disk:add_path(session) end
      lab:within("1s", "all paths are active", function()
        local active = 0
        for _, path in ipairs(disk.paths) do if path.state == "active" then active = active + 1 end end
        return active == 3
      end)
      disk:read {}
    end
  end,
}
