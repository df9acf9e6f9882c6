-- SPDX-License-Identifier: Apache-2.0
-- The hold time, PDORemovePeriod to the Microsoft driver, counts from the failure of the last path.
return scenario {
  title  = "with all paths down commands wait for the hold time, no less and no more",
  covers = { "seed:mpio.pdo-remove-period" },
  run = function(lab)
    local target = lab:target { portals = 2, luns = { "1M" } }
    local host   = lab:initiator { reconnect_delay = "500ms" }
    local sessions = {}
    for i = 1, 2 do
      sessions[i] = host:connect_target { node_address = target.name, portal = target.portals[i], is_multipath_enabled = true }
    end
    local disk = host:mpio_disk { sessions = sessions, link_down = "500ms", hold = "10s" }
    local function outage(seconds)
      local refuse = lab:fault { on = host, when = { connect = true }, act = "refuse", times = 0 }
      target:kill()
      target:start()
      local job = disk:start_write { may_fail = true }
      lab:within("20s", "both paths failed", function()
        return disk.paths[1].state == "failed" and disk.paths[2].state == "failed"
      end)
      local late = disk:start_read { length = "64K", may_fail = true }
      lab:sleep(seconds .. "s")
      local gone = disk.is_gone
      lab:equal(late.is_done, gone, "what was asked for in the outage ends with the hold time, and not before")
      refuse:lift()
      lab:within("10s", "the paths are back", function()
        return disk.paths[1].state == "active" and disk.paths[2].state == "active"
      end)
      job:wait()
      late:wait()
      disk:write {}
      disk:read {}
      return gone, job
    end
    local gone, job = outage(5)
    lab:equal(gone, false, "the disk waits")
    lab:equal(job.failed, 0, "nothing failed")
    gone, job = outage(11)
    lab:equal(gone, true, "the disk is gone")
    lab:expect(job.failed > 0 and job.good == 0, "what waited has failed")
  end,
}
