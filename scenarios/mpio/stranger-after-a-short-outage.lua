-- SPDX-License-Identifier: Apache-2.0
-- The path never failed: its session was back before link_down. Its unit is asked for its name all the same.
return scenario {
  title = "nothing is written to the unit that stands in a path's place after a short outage",
  run = function(lab)
    local target  = lab:target { luns = { "1M", "1M" }, power_on_attention = false }
    local host    = lab:initiator {}
    local session = host:connect_target { node_address = target.name, scan = false }
    local other   = lab:initiator {}:connect_target { node_address = target.name, scan = false }
    local disk    = host:mpio_disk { sessions = { session } }
    local theirs  = other:disk(2)
    disk:write {}
    theirs:write {}

    target:kill()
    target:start()
    target:swap_luns(1, 2, false)
    lab:within("10s", "the session is back", function() return session.logins == 2 end)
    local job = disk:start_write { may_fail = true, length = "64K" }
    lab:within("60s", "the write has ended", function() return job.is_done end)
    lab:equal(job.good, 0, "there was nobody whom it was meant for")
    lab:equal(disk.paths[1].state, "removed", "the path leads elsewhere")
    target:swap_luns(1, 2, false)
    theirs:read {}
  end,
}
