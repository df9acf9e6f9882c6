-- SPDX-License-Identifier: Apache-2.0
-- Fail over only: the active path is cut under writes, comes back as standby; then the other one is cut.
return scenario {
  title  = "writes go on over the other path when the active one is cut, each way",
  covers = { "R-MODEL-001" },
  run = function(lab)
    local target = lab:target { portals = 2, luns = { "4M" }, keys = { MaxRecvDataSegmentLength = 8192 } }
    local host   = lab:initiator { reconnect_delay = "500ms" }
    local function connect(i)
      return host:connect_target { node_address = target.name, portal = target.portals[i], is_multipath_enabled = true }
    end
    local disk = host:mpio_disk { sessions = { connect(1), connect(2) }, policy = "fail over only", link_down = "3s" }

    local function cut(i)
      local refuse = lab:fault { on = host, portal = target.portals[i], when = { connect = true }, act = "refuse", times = 0 }
      lab:fault { on = target, portal = target.portals[i], when = { pdu = "Data-Out", nth = 3 }, act = "rst", at = "before" }
      local start = lab.now
      disk:write { length = "4M" }
      lab:expect(lab.now - start >= 3 * 10^9, "the commands of the path waited for its session for LinkDownTime")
      lab:equal(disk.paths[i].state, "failed", "the path that was cut is not used")
      lab:equal(disk.paths[3 - i].state, "active", "the other one is")
      disk:read {}
      refuse:lift()
      lab:within("30s", "the path is back", function() return disk.paths[i].state == "standby" end)
    end
    cut(1)
    cut(2)
    disk:write {}
    disk:read {}
    lab:equal(disk.paths[1].failures + disk.paths[2].failures, 2, "each path failed once")
  end,
}
