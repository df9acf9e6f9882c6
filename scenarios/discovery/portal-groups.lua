-- SPDX-License-Identifier: Apache-2.0
-- RFC 7143 4.4.3, the ISID RULE: the portal group is part of a session's name at the target.
return scenario {
  title  = "portals tell their groups, and each group has sessions of its own",
  covers = { "R-ISID-003", "R-DISC-003" },
  run = function(lab)
    local target = lab:target { portals = 3, groups = { 1, 1, 2 } }
    local host   = lab:initiator {}
    local found  = host:discover { portal = target.portals[3] }
    lab:equal(#found, 1, "one target")
    for i, group in ipairs { 1, 1, 2 } do
      lab:equal(found[1].portals[i], target.portals[i], "portal")
      lab:check("R-DISC-003", found[1].groups[i] == group, "its group")
    end

    -- Two hosts of one name have the same ISID: in the same group the second takes the first one's place.
    local first  = host:connect_target { node_address = target.name, portal = target.portals[1] }
    local twin   = lab:initiator { name = host.name }
    local third  = twin:connect_target { node_address = target.name, portal = target.portals[3] }
    lab:equal(third.initiator_side_identifier, first.initiator_side_identifier, "the same ISID")
    lab:sleep("1s")
    lab:equal(first.logins, 1, "another group, another session")
    lab:equal(target:counters().reinstatements, 0, "nobody was replaced")
    lab:check("R-ISID-003", target:counters().sessions == 2, "both are there")
    first:disconnect()

    local second = host:connect_target { node_address = target.name, portal = target.portals[2] }
    lab:expect(second.is_connected and third.is_connected, "both are up")
    lab:equal(target:counters().sessions, 2, "one in each group")
  end,
}
