-- SPDX-License-Identifier: Apache-2.0
-- What a target keeps for an initiator port, a reservation first of all, hangs on its name: the initiator's name and the ISID.
return scenario {
  title  = "registered sessions come back under the ISIDs that they had, in whatever way their host went down",
  covers = { "bug:B46", "R-ISID-004" },
  run = function(lab)
    local target = lab:target { portals = 2, luns = { "1M" } }
    local host   = lab:initiator {}
    local brief  = host:connect_target { node_address = target.name } -- has the first ISID, and is not registered
    for i = 1, 4 do
      host:connect_target { node_address = target.name, portal = target.portals[i % 2 + 1], is_multipath_enabled = true }
        :register { is_multipath_enabled = true }
    end
    brief:disconnect()
    local function names()
      local list = {}
      for i, session in ipairs(host:get_sessions {}) do list[i] = session.portal .. " " .. session.initiator_side_identifier end
      return table.concat(list, ", ")
    end
    local before = names()
    for round, how in ipairs { "power_cut", "kill", "power_cut" } do
      host[how](host)
      host:start()
      lab:within("30s", "all are back", function() return #host:get_sessions { is_connected = true } == 4 end)
      lab:equal(names(), before, how .. ": under the same names")
      lab:equal(target:counters().sessions, 4, "so that none is left behind")
    end
  end,
}
