-- SPDX-License-Identifier: Apache-2.0
-- The target reads no more on path 1, with a write in its queue. Path 2 does the write, and newer ones to the same place, from
-- the same blocks. Then path 1 is read again.
return scenario {
  title    = "what a path had still to send when its write was done elsewhere never lands",
  covers   = { "bug:B164", "bug:B166" },
  liveness = "120s",
  run = function(lab)
    local target = lab:target { portals = 2, luns = { "1M" }, keys = { MaxRecvDataSegmentLength = 8192 } }
    local host, sessions = lab:initiator { profile = "linux" }, {}
    for i = 1, 2 do
      sessions[i] = host:connect_target { node_address = target.name, portal = target.portals[i], is_multipath_enabled = true }
    end
    local disk = host:mpio_disk { sessions = sessions, policy = "fail over only", preferred = 1, failback = "1s" }
    disk:write {}
    for _, pdu in ipairs { "SCSI Command", "Data-Out" } do
      lab:within("2min", "path 1 is in use", function() return disk.paths[1].state == "active" end)
      local silence = lab:fault { on = host, portal = target.portals[1], when = { connect = true }, act = "no_answer", times = 0 }
      local shut    = lab:fault { on = target, portal = target.portals[1], when = { pdu = pdu }, act = "zero_window" }
      disk:write { length = "512K", transfer = "256K", depth = 4 }
      lab:equal(shut.fired, 1, "the target stopped reading")
      lab:equal(disk.paths[2].state, "active", "path 2 did the write")
      for _ = 1, 3 do disk:write { length = "512K" } end
      shut:lift()
      lab:sleep("5s")
      disk:read {}
      silence:lift()
    end
  end,
}
