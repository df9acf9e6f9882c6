-- SPDX-License-Identifier: Apache-2.0
-- One path is reset again and again under verified writes; short of LinkDownTime its session comes back by itself.
return scenario {
  title  = "a path that flaps costs time, never data, and never the other path",
  covers = { "seed:mpio.link-down" },
  run = function(lab)
    local target = lab:target { portals = 2, luns = { "2M" }, keys = { DefaultTime2Wait = 0 } }
    local host   = lab:initiator { reconnect_delay = "200ms", keys = { DefaultTime2Wait = 0 } }
    local sessions = {}
    for i = 1, 2 do
      sessions[i] = host:connect_target { node_address = target.name, portal = target.portals[i], is_multipath_enabled = true }
    end
    local disk = host:mpio_disk { sessions = sessions, policy = "round robin" }
    local flap = lab:fault { on = target, portal = target.portals[1], when = { pdu = "SCSI Command", nth = 20, chance_ppm = 50000 },
                             act = "rst", at = "before", times = 0 }
    local refuse = lab:fault { on = host, portal = target.portals[1], when = { connect = true, chance_ppm = 400000 },
                               act = "refuse", times = 0 }
    while flap.fired < 6 or refuse.fired == 0 do
      disk:write { transfer = "16K", depth = 16 }
      disk:read { transfer = "16K", depth = 16 }
      lab:sleep("100ms")
    end
    flap:lift()
    refuse:lift()
    lab:within("60s", "both paths are active", function()
      return disk.paths[1].state == "active" and disk.paths[2].state == "active"
    end)
    disk:read {}
    lab:equal(disk.paths[2].failures, 0, "the other path never failed")
    lab:equal(sessions[2].logins, 1, "and its session stayed")
  end,
}
