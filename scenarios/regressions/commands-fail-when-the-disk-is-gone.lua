-- SPDX-License-Identifier: Apache-2.0
-- No path has come back within the hold time. Afterwards the disk is configured anew in every way that there is.
return scenario {
  title    = "what is changed at a disk whose paths are all gone makes its commands wait no longer",
  covers   = { "bug:B122" },
  liveness = "90s",
  run = function(lab)
    local target, host, sessions = lab:target { portals = 2, luns = { "1M" } }, lab:initiator {}, {}
    for i = 1, 2 do
      sessions[i] = host:connect_target { node_address = target.name, portal = target.portals[i], is_multipath_enabled = true }
    end
    local disk   = host:mpio_disk { sessions = sessions, hold = "20s" }
    local closed = lab:fault { on = host, when = { connect = true }, act = "refuse", times = 0 }
    target:kill()
    target:start()
    local job = disk:start_write { may_fail = true }
    lab:within("60s", "the disk is gone", function() return disk.is_gone end)
    lab:within("10ms", "what waited has ended", function() return job.is_done end)
    lab:equal(job.good, 0, "in vain")
    local function expect_failure(what)
      local later = disk:start_write { length = "64K", may_fail = true }
      lab:within("10ms", what .. ": a command ends", function() return later.is_done end)
      lab:equal(later.good, 0, "in vain")
    end
    expect_failure("nothing changed")
    for _, policy in ipairs { "least queue depth", "fail over only", "round robin" } do
      disk:set_policy(policy)
      expect_failure(policy)
    end
    disk:check_path(1)
    disk:fail_path(2)
    expect_failure("asked and told")
    closed:lift()
    lab:within("60s", "both paths are back", function()
      return disk.paths[1].state == "active" and disk.paths[2].state == "active"
    end)
    disk:write {}
    disk:read {}
  end,
}
