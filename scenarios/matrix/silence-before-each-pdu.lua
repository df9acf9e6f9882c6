-- SPDX-License-Identifier: Apache-2.0
-- Every PDU of a session's life in turn, in full feature phase: black_hole before it.
return scenario {
  title  = "silence from any PDU on is noticed, and costs one login and no data",
  covers = { "R-MODEL-001" },
  run = function(lab)
    local target = lab:target { luns = { "1M" }, keys = { MaxRecvDataSegmentLength = 8192, FirstBurstLength = 16384 } }
    local host = lab:initiator { profile = "linux" }
    local session = host:connect_target { node_address = target.name }
    local disk, logins = session:disk(1), 1

    for _, pdu in ipairs { "SCSI Command", "Data-Out", "R2T", "SCSI Response", "Data-In", "NOP-Out", "NOP-In" } do
      local fault = lab:fault { on = target, when = { pdu = pdu }, act = "black_hole", at = "before" }
      local job = disk:start_write { length = "64K", transfer = "64K" }
      lab:within("90s", pdu .. ": the write ends", function() return job.is_done end)
      job = disk:start_read { length = "64K", transfer = "64K" }
      lab:within("90s", pdu .. ": the fault strikes, and the session is back", function()
        return fault.fired == 1 and session.logins == logins + 1 and session.is_connected
      end)
      fault:lift()
      lab:sleep("1ms") -- what it held back is over before the next one counts
      job:wait()
      logins = logins + 1
    end
    lab:equal(target:counters().connections, 1, "the target has one connection left")
  end,
}
