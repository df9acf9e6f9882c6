-- SPDX-License-Identifier: Apache-2.0
-- The target asks for a logout so that its hosts move, and then its answer to the logout is lost, or it just closes.
return scenario {
  title  = "who was asked to log out waits neither long nor in vain for the answer",
  covers = { "bug:B92" },
  run = function(lab)
    for act, outage in pairs { drop = "8s", fin = "3s", rst = "3s", black_hole = "8s" } do
      for _, pdu in ipairs { "Logout Response", "Logout Request" } do
        local target  = lab:target { portals = 2, luns = { "1M" } }
        local here, there = target.portals[1], target.portals[2]
        local session = lab:initiator {}:connect_target { node_address = target.name, portal = here }
        local disk    = session:disk(1)
        local lost    = lab:fault { on = target, when = { pdu = pdu }, act = act, at = act ~= "drop" and "before" or nil }
        target:redirect { portal = here, to = there }
        target:async_message { event = "logout request", time = "3s" }
        lab:within(outage, act .. " of the " .. pdu .. ": it has moved", function() return session.logins == 2 end)
        lab:equal(lost.fired, 1, "there was no answer")
        lab:equal(session.connected_portal, there, "to where it was sent")
        disk:write { length = "64K" }
      end
    end
  end,
}
