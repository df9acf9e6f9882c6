-- SPDX-License-Identifier: Apache-2.0
-- The address of a portal is given to somebody else. A registration keeps the portal as it was; discovery at a portal that still
-- answers tells where to register instead.
return scenario {
  title  = "a session whose portal has moved is registered anew where discovery finds it, and comes back there",
  covers = { "seed:register.restart", "seed:unregister.restart", "R-REIN-023" },
  run = function(lab)
    local target   = lab:target { portals = 2, luns = { "1M" } }
    local old, new = target.portals[1], target.portals[2]
    local host     = lab:initiator { reconnect_delay = "1s", restore_retry = "1s" }
    local session  = host:connect_target { node_address = target.name, portal = old }
    session:register()
    session:disk(1):write {}

    local moved = lab:fault { on = host, portal = old, when = { connect = true }, act = "refuse", times = 0 }
    host:kill()
    host:start()
    lab:sleep("2s")
    lab:equal(#host:get_sessions { is_connected = true }, 0, "nobody is at the old address")

    local found = host:discover { portal = new }
    lab:equal(found[1].node_address, target.name, "the target is found at another")
    local stale, fresh = host:get_sessions {}[1], host:connect_target { node_address = target.name, portal = new }
    fresh:register()
    stale:unregister()
    stale:disconnect()

    local tries = moved.fired
    host:kill()
    host:start()
    lab:within("9s", "it is back", function() return #host:get_sessions { is_connected = true } == 1 end)
    lab:equal(host:get_sessions {}[1].portal, new, "at the new address")
    host:get_sessions {}[1]:disk(1):read {}
    lab:equal(moved.fired, tries, "and nobody asks at the old one any more")
  end,
}
