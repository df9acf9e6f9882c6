-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "least queue depth gives a path that answers slowly the smallest share",
  covers = { "seed:mpio.least-queue-depth" },
  run = function(lab)
    local target   = lab:target { portals = 3, luns = { "4M" } }
    local host     = lab:initiator {}
    local sessions = {}
    for i = 1, 3 do
      sessions[i] = host:connect_target { node_address = target.name, portal = target.portals[i], is_multipath_enabled = true }
    end
    local disk   = host:mpio_disk { sessions = sessions, policy = "least queue depth" }
    local before = disk.paths
    lab:fault { on = target, portal = target.portals[2], when = { pdu = "SCSI Response" },
                act = "delay", delay = "200ms", times = 0 }
    disk:write { transfer = "16K", depth = 12 }
    local shares = {}
    for i, path in ipairs(disk.paths) do shares[i] = path.commands - before[i].commands end
    lab:equal(shares[1] + shares[2] + shares[3], 256, "all went over the paths")
    lab:expect(shares[2] > 0, "the slow one is used")
    lab:expect(4 * shares[2] < shares[1] and 4 * shares[2] < shares[3], "and gets far less than either other")
    disk:read {}
  end,
}
