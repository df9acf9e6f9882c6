-- SPDX-License-Identifier: Apache-2.0
-- The target reads slowly or not at all, so that most of a WRITE's data is queued when its time is over. It is done again; then
-- newer data go to the same place. What was queued is old.
return scenario {
  title    = "a write that is given up with data queued sends nothing of it behind what is written next",
  covers   = { "bug:B162" },
  liveness = "120s",
  run = function(lab)
    for _, act in ipairs { "slow", "zero_window" } do
      for _, pdu in ipairs(lab.is_live and { "Data-Out" } or { "SCSI Command", "Data-Out" }) do
        local target  = lab:target { luns = { "4M" }, keys = { MaxRecvDataSegmentLength = 8192, MaxBurstLength = 1048576 } }
        local session = lab:initiator {}:connect_target { node_address = target.name }
        local disk    = session:disk(1)
        for round = 1, lab.is_live and 1 or 3 do
          local tight = lab:fault { on = target, when = { pdu = pdu, nth = 4 }, act = act, lasts = act ~= "slow" and "20s" or nil,
                                    bytes_per_second = act == "slow" and 400000 or nil }
          local job = disk:start_write { length = "4M", transfer = "1M", depth = 4, timeout = "1s", may_fail = true }
          lab:sleep("15s")
          if act == "slow" then tight:lift() end
          job:wait()
          lab:equal(tight.fired, 1, "the data were queued")
          disk:write { length = "4M", transfer = "64K" }
          lab:sleep("30s")
          disk:read {}
        end
      end
    end
  end,
}
