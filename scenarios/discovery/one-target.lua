-- SPDX-License-Identifier: Apache-2.0
-- SendTargets over a discovery session (RFC 7143 C), then a login at what it told.
return scenario {
  title  = "a portal tells of its target, and only then is a session to it a discovered one",
  covers = { "R-DISC-006" },
  run = function(lab)
    local target = lab:target {}
    local host   = lab:initiator {}
    local before = host:connect_target { node_address = target.name, discover = false }
    lab:equal(before.is_discovered, false, "nobody has asked yet")

    local found = host:discover { portal = target.portals[1] }
    local mine
    for _, each in ipairs(found) do
      if each.node_address == target.name then mine = each end
    end
    lab:check("R-DISC-006", mine ~= nil, "the target is told of")
    lab:equal(mine.portals[1], target.portals[1], "where it is")
    lab:equal(before.is_discovered, true, "found since")

    before:disconnect()
    local session = host:connect_target { node_address = mine.node_address, portal = mine.portals[1] }
    lab:equal(session.is_discovered, true, "discovered")
    lab:expect(session:test_unit_ready(), "its first LUN answers")
  end,
}
