-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "a permanent redirection is remembered, by the session and by its registration",
  covers = { "R-REDIR-005" },
  run = function(lab)
    local target = lab:target { portals = 2 }
    local old, new = target.portals[1], target.portals[2]
    local host    = lab:initiator {}
    local session = host:connect_target { node_address = target.name, portal = old }
    session:register()

    target:redirect { portal = old, to = new, permanent = true }
    host:power_cut()
    host:start()
    lab:within("30s", "it is back, at the new portal", function()
      local again = host:get_sessions { is_connected = true }
      return #again == 1 and again[1].portal == new
    end)
    lab:sleep("1s")

    -- The old portal forgets, and nobody asks it any more.
    target:redirect_off()
    local logins = target:counters().logins_refused
    host:power_cut()
    host:start()
    lab:within("30s", "it is back again", function()
      return #host:get_sessions { is_connected = true } == 1
    end)
    lab:within("1s", "and knows its LUNs", function() return #host:get_sessions {}[1]:luns() == 1 end)
    lab:check("R-REDIR-005", host:get_sessions {}[1].connected_portal == new, "the registration says the new portal")
    lab:equal(target:counters().logins_refused, logins, "without a word to the old one")
  end,
}
