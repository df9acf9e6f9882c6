-- SPDX-License-Identifier: Apache-2.0
-- TCP promises no more than the order of bytes: a PDU may come in as many pieces as it has bytes.
return scenario {
  title  = "login and I/O do not care where TCP cuts",
  run = function(lab)
    local target = lab:target { luns = { "1M" } }
    local host   = lab:initiator {}
    local link   = lab:link { from = host, to = target, segment = 1 }

    local session = host:connect_target { node_address = target.name }
    local disk = session:disk(1)
    disk:write { length = "8K", transfer = "4K" }
    disk:read { length = "8K", transfer = "4K" }

    link:set { segment = 100 } -- cut where drawn, across the borders of PDUs
    disk:write { length = "128K", transfer = "32K", depth = 4 }
    disk:read { length = "128K", transfer = "32K", depth = 4 }
    lab:equal(session.logins, 1, "it took one login")
    session:disconnect()
  end,
}
