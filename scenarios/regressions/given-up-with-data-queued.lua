-- SPDX-License-Identifier: Apache-2.0
-- The target does not read, so that most of a WRITE's data is queued when its time is over. Each time it is done again, with the
-- same data; newer data goes to the same place. What TCP still held is old.
return scenario {
  title    = "a write that is given up with data queued sends nothing of it behind what is written next",
  covers   = { "bug:B162" },
  liveness = "120s",
  run = function(lab)
    for _, pdu in ipairs { "SCSI Command", "Data-Out" } do
      local target  = lab:target { luns = { "4M" }, keys = { MaxRecvDataSegmentLength = 8192, MaxBurstLength = 65536 } }
      local session = lab:initiator {}:connect_target { node_address = target.name }
      local disk    = session:disk(1)
      for round = 1, 3 do
        local shut = lab:fault { on = target, when = { pdu = pdu, nth = 4 }, act = "zero_window", lasts = "20s" }
        disk:write { length = "1M", transfer = "256K", depth = 8, timeout = "1s", may_fail = true }
        lab:equal(shut.fired, 1, "the target stopped reading")
        disk:write { length = "1M", transfer = "64K" }
        lab:sleep("30s")
        disk:read {}
      end
    end
  end,
}
