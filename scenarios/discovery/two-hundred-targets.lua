-- SPDX-License-Identifier: Apache-2.0
-- The list is longer than one Text Response takes: it comes in parts, cut where they are full (R-DISC-013).
return scenario {
  title  = "two hundred targets behind one portal are all found, whatever a response takes",
  covers = { "R-DISC-003", "R-DISC-013" },
  run = function(lab)
    local first   = lab:target { portals = 16, luns = { "1M" } }
    local targets = { first }
    for i = 2, 200 do
      targets[i] = lab:target { beside = first, luns = { "1M" } }
    end

    for _, profile in ipairs { "windows", "linux" } do
      local host  = lab:initiator { profile = profile }
      local found = host:discover { portal = first.portals[3] }
      lab:check("R-DISC-013", #found == 200, "every target")
      for i, each in ipairs(found) do
        lab:equal(each.node_address, targets[i].name, "in the order of their making")
        lab:check("R-DISC-003", #each.portals == 16, "with every address")
        lab:equal(each.portals[16], first.portals[16], "in order")
      end

      local last = found[200]
      local disk = host:connect_target { node_address = last.node_address, portal = last.portals[2] }:disk(1)
      disk:write { length = "64K" }
      disk:read { length = "64K" }
    end
    lab:equal(targets[200]:counters().logins, 2, "its own sessions are its own")
    lab:equal(first:counters().logins, 0, "and not its neighbour's")
  end,
}
