-- SPDX-License-Identifier: Apache-2.0
-- The portal that a session was made through is gone for good; the same unit is behind another one.
return scenario {
  title    = "behind a new portal a unit is known by its identity, and the session of the old one can be let go",
  covers   = { "bug:B112" },
  liveness = "90s",
  run = function(lab)
    local target = lab:target { portals = 2, luns = { "1M", "1M" } }
    local host   = lab:initiator { profile = "linux" }
    local old    = host:connect_target { node_address = target.name, portal = target.portals[1] }
    local disk   = host:mpio_disk { sessions = { old }, lun = 2, hold = "1h" }
    local identity = disk.identity
    old:register()
    disk:write {}
    lab:fault { on = host, portal = target.portals[1], when = { connect = true }, act = "no_answer", times = 0 }
    target:kill()
    target:start()
    local job = disk:start_write {}
    lab:sleep(lab.is_live and "30s" or "10min")
    lab:expect(not old.is_connected and not job.is_done, "the old portal is gone")

    local new = host:connect_target { node_address = target.name, portal = target.portals[2] }
    lab:equal(new:luns()[2].identity, identity, "the unit behind it is the same")
    disk:add_path(new)
    job:wait()
    disk:read {}
    old:unregister()
    old:disconnect()
    new:register()
    host:power_cut()
    host:start()
    lab:within("30s", "only the new one is back", function() return #host:get_sessions { is_connected = true } == 1 end)
    lab:equal(#host:get_sessions {}, 1, "nobody asks for the old portal any more")
    local again = host:mpio_disk { sessions = host:get_sessions {}, lun = 2 }
    lab:equal(again.identity, identity, "it is the same unit")
    again:read {}
  end,
}
