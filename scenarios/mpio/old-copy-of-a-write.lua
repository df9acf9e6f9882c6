-- SPDX-License-Identifier: Apache-2.0
-- A write lies in a silent network on path 1. It is done again on path 2, newer data is written over it, and only then does the
-- old copy come out. It must find its session dead: before the write was sent again, path 1 was fenced through portal 2.
return scenario {
  title  = "a write that is done again on another path is never overtaken by its old copy",
  covers = { "R-REIN-009", "R-ISID-003" },
  run = function(lab)
    local target = lab:target { portals = 2, luns = { "1M" } }
    local host   = lab:initiator { profile = "linux" }
    local function connect(i)
      return host:connect_target { node_address = target.name, portal = target.portals[i], is_multipath_enabled = true }
    end
    local disk = host:mpio_disk { sessions = { connect(1), connect(2) }, policy = "fail over only" }
    disk:write {}

    local silence = lab:fault { on = host, portal = target.portals[1], when = { connect = true }, act = "no_answer", times = 0 }
    local hole = lab:fault { on = target, portal = target.portals[1], when = { pdu = "SCSI Command" }, act = "black_hole",
                             at = "before", direction = "to_target" }
    disk:write { length = "64K" }
    lab:equal(disk.paths[2].state, "active", "path 2 did the write")
    disk:write { length = "64K" }
    local before = target:counters()

    hole:lift()
    lab:sleep("1s")
    disk:read {}
    lab:equal(before.reinstatements, 1, "path 1 was fenced")
    lab:equal(target:counters().writes, before.writes, "the old copy came to nothing")
    silence:lift()
    lab:within("30s", "path 1 is back", function() return disk.paths[1].state == "standby" end)
  end,
}
