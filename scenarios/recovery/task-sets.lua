-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "ABORT TASK SET takes one host's tasks on one LUN, CLEAR TASK SET everybody's",
  covers = { "R-TMF-003", "R-TMF-036" },
  run = function(lab)
    local target = lab:target { luns = { "1M", "1M" } }
    local mine   = lab:initiator {}:connect_target { node_address = target.name }
    local other  = lab:initiator {}:connect_target { node_address = target.name }
    local here, there, theirs = mine:disk(1), mine:disk(2), other:disk(1)

    for _, word in ipairs { "abort_task_set", "clear_task_set" } do
      lab:fault { on = target, when = { scsi = "WRITE(16)" }, act = "late", delay = "3s", times = 3 }
      local jobs = {}
      for i, disk in ipairs { here, there, theirs } do
        jobs[i] = disk:start_write { length = "64K", lba = i * 128, timeout = "10s" }
      end
      lab:sleep("1s")
      lab:equal(mine[word](mine, 1), "function complete", word .. " is done")
      for _, job in ipairs(jobs) do job:wait() end
    end
    here:read { length = "512K" }
    there:read { length = "512K" }
    lab:equal(mine.logins + other.logins, 2, "no session was lost")
  end,
}
