-- SPDX-License-Identifier: Apache-2.0
-- What only reads waits for no fence: the path that fails gives it back, and the next one takes it.
return scenario {
  title = "reads go on over the other path as soon as the active one has failed",
  run = function(lab)
    local target = lab:target { portals = 2, luns = { "4M" } }
    local host   = lab:initiator { profile = "linux" }
    local sessions = {}
    for i = 1, 2 do
      sessions[i] = host:connect_target { node_address = target.name, portal = target.portals[i], is_multipath_enabled = true }
    end
    local disk = host:mpio_disk { sessions = sessions, policy = "fail over only", link_down = "4s" }
    disk:write {}

    local dead = lab:fault { on = target, portal = target.portals[1], when = { pdu = "Data-In", nth = 2 }, act = "path_down" }
    local before = disk.paths[2].commands
    local job = disk:start_read { transfer = "256K", timeout = "60s" }
    lab:within("30s", "the read is over", function() return job.is_done end)
    job:wait()
    lab:equal(job.good, 16, "every command was done")
    lab:expect(disk.paths[2].commands - before >= 12, "most of them over the second path")
    lab:equal(disk.paths[1].state, "failed", "the first one is not used")
    dead:lift()
  end,
}
