-- SPDX-License-Identifier: Apache-2.0
-- Two sessions, each to a portal of its own; the path to the first is cut. The second does not notice.
return scenario {
  title  = "a partition of one portal leaves a session to the other alone",
  covers = { "R-ERL-014", "R-REIN-021" },
  run = function(lab)
    local target = lab:target { luns = { "1M" }, portals = 2 }
    local host   = lab:initiator { profile = "linux" }
    local near   = host:connect_target { node_address = target.name, portal = target.portals[1] }
    local far    = host:connect_target { node_address = target.name, portal = target.portals[2],
                                         is_multipath_enabled = true }

    local link = lab:link { from = host, to = target.portals[1], partition = "both" }
    lab:within("11s", "the first is down", function() return not near.is_connected end)
    far:disk(1):write { length = "64K" }
    lab:sleep("10s")
    lab:equal(far.logins, 1, "the second has its first connection")
    link:heal()
    lab:within("30s", "the first is back", function() return near.is_connected end)
    near:disk(1):read { length = "64K" }
  end,
}
