-- SPDX-License-Identifier: Apache-2.0
-- Both paths die with the target. When it is back, another unit is behind the number on either of them.
return scenario {
  title  = "paths that come back with another unit behind their number are removed, and nothing is written through them",
  covers = { "seed:mpio.one-unit" },
  run = function(lab)
    local target   = lab:target { portals = 2, luns = { "1M", "1M" } }
    local host     = lab:initiator { reconnect_delay = "500ms" }
    local sessions = {}
    for i = 1, 2 do
      sessions[i] = host:connect_target { node_address = target.name, portal = target.portals[i], is_multipath_enabled = true }
    end
    local disk, other = host:mpio_disk { sessions = sessions, hold = "5s" }, sessions[1]:disk(2)
    disk:write {}
    other:write {}
    local job = disk:start_write { transfer = "4K", may_fail = true }
    lab:within("9s", "writes are under way", function() return job.good > 20 end)

    target:kill()
    target:start()
    target:swap_luns(1, 2)
    lab:within("20s", "both sessions are back", function() return sessions[1].logins == 2 and sessions[2].logins == 2 end)
    job:wait()
    lab:expect(job.failed > 0, "the rest of the writes failed")
    lab:equal(disk:write { may_fail = true }.good, 0, "and so does each further one")
    lab:equal(target:counters().writes, 0, "the stranger saw none of them")
    for _, path in ipairs(disk.paths) do lab:equal(path.state, "removed", "its path is none any more") end

    target:swap_luns(1, 2)
    sessions[1]:rescan()
    lab:within("9s", "LUN 2 is what it was", function() return sessions[1]:luns()[2].state == "present" end)
    other:read {}
  end,
}
