-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "a registered session reconnects when the initiator restarts",
  covers = { "seed:register.restart", "R-ISID-001" },
  run = function(lab)
    local target  = lab:target { name = "iqn.1991-05.com.contoso:testiscsi-deepcore-target", portals = 1, luns = { "64M" } }
    local host    = lab:initiator { name = "iqn.1991-05.com.contoso:deepcore.contoso.com" }
    local session = host:connect_target { node_address = target.name, portal = target.portals[1] }
    session:register()
    lab:expect(session.is_persistent, "the session says that it is persistent")

    host:power_cut()
    host:start()

    lab:within("30s", "the session is back", function()
      local again = host:get_sessions { is_persistent = true }
      return #again == 1 and again[1].is_connected
    end)
    host:get_sessions {}[1]:disk(1):write { length = "64K" }
  end,
}
