-- SPDX-License-Identifier: Apache-2.0
-- Commands are queued over dead paths when the paths are removed, or their sessions logged out, one by one in either order.
return scenario {
  title    = "the removal of the last path ends the commands that wait for one, and itself",
  covers   = { "bug:B126", "bug:B108" },
  liveness = "90s",
  run = function(lab)
    for _, how in ipairs { "remove", "disconnect", "disconnect while down" } do
      for _, order in ipairs { { 1, 2 }, { 2, 1 } } do
        local target, host, sessions = lab:target { portals = 2, luns = { "1M" } }, lab:initiator {}, {}
        for i = 1, 2 do
          sessions[i] = host:connect_target { node_address = target.name, portal = target.portals[i], is_multipath_enabled = true }
        end
        local disk = host:mpio_disk { sessions = sessions, hold = "30s" }
        if how == "disconnect" then target:pause() else target:kill() end
        local job = disk:start_write { may_fail = true }
        lab:sleep("5s")
        lab:expect(not job.is_done, "the commands wait")
        for _, n in ipairs(order) do
          if how == "remove" then disk:remove_path(n) else sessions[n]:disconnect() end
        end
        lab:within("31s", how .. ": the commands have ended", function() return job.is_done end)
        lab:equal(job.good, 0, "in vain")
        for _, session in ipairs(host:get_sessions {}) do session:disconnect() end
        lab:equal(#host:get_sessions {}, 0, "and the sessions are gone")
      end
    end
  end,
}
