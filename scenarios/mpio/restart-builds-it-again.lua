-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "two registered sessions come back after a restart, and make the same disk again",
  covers = { "seed:register.multiple" },
  run = function(lab)
    local target = lab:target { portals = 2, luns = { "1M", "1M" } }
    local host   = lab:initiator {}
    local sessions = {}
    for i = 1, 2 do
      sessions[i] = host:connect_target { node_address = target.name, portal = target.portals[i], is_multipath_enabled = true }
      sessions[i]:register { is_multipath_enabled = true }
    end
    local disk = host:mpio_disk { sessions = sessions, lun = 2 }
    local identity = disk.identity
    disk:write {}
    local job = disk:start_write { may_fail = true }

    host:power_cut()
    lab:expect(job.is_done and job.failed > 0 and disk.is_gone, "the disk went with its initiator")
    host:start()
    lab:within("30s", "both sessions are back", function()
      return #host:get_sessions { is_connected = true, is_persistent = true } == 2
    end)
    local again = host:mpio_disk { sessions = host:get_sessions {}, lun = 2 }
    lab:equal(again.identity, identity, "it is the same unit")
    lab:equal(#again.paths, 2, "over two paths")
    again:read {}
    again:write {}
    again:read {}
  end,
}
