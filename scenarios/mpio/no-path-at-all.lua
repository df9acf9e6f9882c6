-- SPDX-License-Identifier: Apache-2.0
-- dm-multipath without queueing (no_path_retry fail) gives commands back with the last path; the Microsoft driver waits for
-- PDORemovePeriod. What failed is the caller's to write again.
return scenario {
  title  = "with no path left the linux profile fails commands at once, and the windows profile holds them",
  covers = { "seed:mpio.pdo-remove-period" },
  run = function(lab)
    for profile, waits in pairs { linux = false, windows = true } do
      local target   = lab:target { portals = 2, luns = { "1M" } }
      local host     = lab:initiator { profile = profile }
      local sessions = {}
      for i = 1, 2 do
        sessions[i] = host:connect_target { node_address = target.name, portal = target.portals[i], is_multipath_enabled = true }
      end
      local disk = host:mpio_disk { sessions = sessions, link_down = "500ms" }
      disk:write {}
      target:kill()
      lab:within("9s", "no path is left", function()
        return disk.paths[1].state == "failed" and disk.paths[2].state == "failed"
      end)
      local job = disk:start_write { may_fail = true }
      lab:sleep("1s")
      lab:equal(not job.is_done, waits, profile .. ": the write waits")
      lab:equal(disk.is_gone, not waits, profile .. ": the disk is gone")
      target:start()
      job:wait()
      lab:equal(job.failed == 0, waits, profile .. ": and is done in the end")
      lab:within("9s", "a path is back", function() return not disk.is_gone end)
      disk:write {}
      disk:read {}
    end
  end,
}
