-- SPDX-License-Identifier: Apache-2.0
-- Path 1 is silent with a write in it, and no login gets through by which it could be fenced. The write is given up; until the
-- fence stands at last, nothing is written over the place where the old copy may still land. Reading goes on.
return scenario {
  title  = "after a write was given up nothing overwrites it before its path is fenced",
  covers = { "R-REIN-009" },
  run = function(lab)
    local target = lab:target { portals = 2, luns = { "1M" } }
    local host   = lab:initiator { profile = "linux" }
    local function connect(i)
      return host:connect_target { node_address = target.name, portal = target.portals[i], is_multipath_enabled = true }
    end
    local disk = host:mpio_disk { sessions = { connect(1), connect(2) }, policy = "fail over only", fence_limit = "15s" }
    disk:write {}

    local refuse = lab:fault { on = host, when = { connect = true }, act = "refuse", times = 0 }
    local hole = lab:fault { on = target, portal = target.portals[1], when = { pdu = "SCSI Command" }, act = "black_hole",
                             at = "before", direction = "to_target" }
    local start = lab.now
    local lost = disk:start_write { length = "64K", may_fail = true }
    lost:wait()
    lab:equal(lost.failed, 1, "the write is given up")
    lab:expect(lab.now - start >= 25 * 10^9, "after ping and LinkDownTime, 5 s each, and the 15 s for a fence")

    local writes = target:counters().writes
    local later = disk:start_write { length = "64K" }
    disk:read {}
    lab:sleep("8s")
    lab:equal(target:counters().writes, writes, "the next write waits")
    refuse:lift()
    later:wait()
    hole:lift()
    lab:sleep("1s")
    disk:read {}
    lab:equal(target:counters().writes, writes + 1, "and the old copy came to nothing")
  end,
}
