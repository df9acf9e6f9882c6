-- SPDX-License-Identifier: Apache-2.0
-- Two unequal faults, drawn 500 times (12 in real time): what, at which PDU, at which match; the second may strike in the recovery from the first.
return scenario {
  title  = "drawn pairs of faults: no task is lost or doubled (part 2)",
  covers = { "R-MODEL-001" },
  run = function(lab)
    local pdus = { "SCSI Command", "Data-Out", "R2T", "SCSI Response", "Data-In", "Login Request", "Login Response" }
    local acts = { "rst", "fin", "cut" }
    local target = lab:target { luns = { "1M" }, keys = { MaxRecvDataSegmentLength = 8192, FirstBurstLength = 8192 } }
    local session = lab:initiator {}:connect_target { node_address = target.name }
    local disk = session:disk(1)

    for _ = 1, lab.is_live and 12 or 500 do
      local faults = {}
      for n = 1, 2 do
        local act = acts[lab:draw(#acts)]
        faults[n] = lab:fault {
          on = target, act = act, optional = true,
          at = act ~= "cut" and lab:draw(2) == 1 and "before" or "after",
          when = { pdu = pdus[lab:draw(#pdus)], nth = lab:draw(3) },
          cut_bytes = act == "cut" and lab:draw(200) - 1 or nil,
        }
      end
      disk:write { length = "32K", transfer = "16K", depth = 1 + lab:draw(2) }
      disk:read { length = "32K", transfer = "16K" }
      for n = 1, 2 do faults[n]:lift() end
    end
  end,
}
