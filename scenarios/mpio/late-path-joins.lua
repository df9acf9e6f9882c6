-- SPDX-License-Identifier: Apache-2.0
-- After a restart only one of two registered sessions gets through. The disk is used at once, and gets its second path later.
return scenario {
  title  = "a disk with one of its two registered paths is used after a restart, and the other one joins when it is back",
  covers = { "seed:register.multiple" },
  run = function(lab)
    local target = lab:target { portals = 2, luns = { "1M" } }
    local host   = lab:initiator { reconnect_delay = "500ms", restore_retry = "500ms" }
    for i = 1, 2 do
      host:connect_target { node_address = target.name, portal = target.portals[i], is_multipath_enabled = true }
          :register { is_multipath_enabled = true }
    end
    host:mpio_disk { sessions = host:get_sessions {} }:write {}

    local refuse = lab:fault { on = host, portal = target.portals[1], when = { connect = true }, act = "refuse", times = 0 }
    host:kill()
    host:start()
    lab:within("9s", "one is back", function() return #host:get_sessions { is_connected = true } == 1 end)
    local late, early = table.unpack(host:get_sessions {})
    lab:equal(early.portal, target.portals[2], "the one that is not refused")
    local disk = host:mpio_disk { sessions = { early }, policy = "round robin" }
    disk:read {}
    local job = disk:start_write {}

    refuse:lift()
    lab:within("9s", "the other is back", function() return late.is_connected end)
    job:wait()
    disk:add_path(late)
    disk:write {}
    disk:read {}
    lab:equal(#disk.paths, 2, "it has two paths")
    lab:expect(disk.paths[2].commands >= 16, "and uses both")
  end,
}
