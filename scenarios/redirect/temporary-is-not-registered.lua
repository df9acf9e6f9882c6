-- SPDX-License-Identifier: Apache-2.0
-- What is registered while a session is elsewhere for now is where it belongs.
return scenario {
  title  = "a session that is registered behind a temporary redirection comes back at the original portal",
  covers = { "R-REDIR-005", "seed:register.restart" },
  run = function(lab)
    local target = lab:target { portals = 2, luns = { "1M" } }
    local here, there = target.portals[1], target.portals[2]
    local host = lab:initiator {}
    target:redirect { portal = here, to = there }
    local session = host:connect_target { node_address = target.name, portal = here }
    lab:equal(session.connected_portal, there, "it is elsewhere")
    session:register()
    session:disk(1):write {}

    for _, away in ipairs { true, false } do
      if not away then target:redirect_off() end
      host:kill()
      host:start()
      lab:within("9s", "it is back", function() return #host:get_sessions { is_connected = true } == 1 end)
      local again = host:get_sessions {}[1]
      lab:check("R-REDIR-005", again.portal == here, "it asks at the original portal")
      lab:equal(again.connected_portal, away and there or here, "and goes where that says")
      again:disk(1):read {}
    end
  end,
}
