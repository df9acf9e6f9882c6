-- SPDX-License-Identifier: Apache-2.0
-- Drawn from the seed: resets, cuts, silences and delays on both paths, and connects that nobody answers.
return scenario {
  title  = "any fault on any path, under overlapping verified writes, loses no data and doubles none",
  covers = { "R-ERL-014", "seed:mpio.fail-over-only", "seed:mpio.round-robin", "seed:mpio.least-queue-depth" },
  run = function(lab)
    local target = lab:target { portals = 2, luns = { "256K" }, keys = { MaxRecvDataSegmentLength = 8192 } }
    local host   = lab:initiator { profile = "linux" }
    local sessions, faults = {}, {}
    for i = 1, 2 do
      sessions[i] = host:connect_target { node_address = target.name, portal = target.portals[i], is_multipath_enabled = true }
    end
    local disk = host:mpio_disk { sessions = sessions, hold = "20s" }
    local function fault(rule)
      rule.times, rule.optional = 0, true
      faults[#faults + 1] = lab:fault(rule)
    end
    for i = 1, 2 do
      for _, act in ipairs { "rst", "cut", "fin", "delay", "black_hole" } do
        fault { on = target, portal = target.portals[i], when = { pdu = "Data-Out", chance_ppm = 1500 }, act = act,
                cut_bytes = act == "cut" and 100 or nil, delay = act == "delay" and "7s" or nil }
        fault { on = target, portal = target.portals[i], when = { pdu = "SCSI Response", chance_ppm = 1500 }, act = act,
                cut_bytes = act == "cut" and 30 or nil, delay = act == "delay" and "9s" or nil }
      end
      fault { on = host, portal = target.portals[i], when = { connect = true, chance_ppm = 400000 },
              act = i == 1 and "no_answer" or "refuse" }
    end
    for _, policy in ipairs { "round robin", "fail over only", "least queue depth" } do
      disk:set_policy(policy)
      for round = 1, 4 do
        local jobs = {}
        for k = 1, 3 do
          jobs[k] = disk:start_write { lba = 64 * k, length = "128K", transfer = "32K", may_fail = true }
        end
        jobs[4] = disk:start_read { transfer = "32K", may_fail = true }
        for _, job in ipairs(jobs) do job:wait() end
        if round == 2 then faults[2 * #faults // 3]:lift() end
      end
    end
    for _, each in ipairs(faults) do each:lift() end
    lab:within("2min", "both are back", function() return disk.paths[1].state ~= "failed" and disk.paths[2].state ~= "failed" end)
    disk:read {}
  end,
}
