-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "a portal with an address of version 6 is as good as any other",
  run = function(lab)
    local target  = lab:target { luns = { "1M" }, portals = 2, ipv6 = true }
    local host    = lab:initiator {}
    lab:equal(target.portals[2]:sub(1, 1), "[", "the address is written in brackets")

    local session = host:connect_target { node_address = target.name, portal = target.portals[2] }
    local disk = session:disk(1)
    disk:write { length = "256K" }
    disk:read { length = "256K" }
    lab:equal(session.logins, 1, "it took one login")
    session:disconnect()
  end,
}
