-- SPDX-License-Identifier: Apache-2.0
-- The target moves while writes are under way; what it names first cannot be reached, and one name is no address.
return scenario {
  title  = "writes go on at the address that a redirection names second when the first is dead",
  covers = { "R-REDIR-004" },
  run = function(lab)
    local target = lab:target { portals = 3, luns = { "16M" } }
    local here, dead, there = target.portals[1], target.portals[2], target.portals[3]
    local host    = lab:initiator {}
    local session = host:connect_target { node_address = target.name, portal = here }
    local disk    = session:disk(1)

    local refused = lab:fault { on = host, portal = dead, when = { connect = true }, act = "refuse" }
    target:redirect { portal = here, to = { "storage.example", dead, there }, late = true }
    lab:fault { on = target, portal = here, when = { pdu = "Data-Out", nth = 20 }, act = "rst" }
    disk:write { transfer = "256K", depth = 4 }
    disk:read {}
    lab:equal(session.logins, 2, "one more login")
    lab:check("R-REDIR-004", session.connected_portal == there, "at the second address")
    lab:equal(session.portal, here, "for now only")
    lab:expect(refused.fired == 1, "the first one was tried")
    refused:lift()
  end,
}
