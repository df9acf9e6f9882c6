-- SPDX-License-Identifier: Apache-2.0
-- The connection ends in the midst of a R2T: behind each of its bytes.
return scenario {
  title  = "an R2T that is cut at any byte costs one login and no data",
  covers = { "R-MODEL-001" },
  run = function(lab)
    local target = lab:target { luns = { "1M" }, keys = { MaxRecvDataSegmentLength = 8192, FirstBurstLength = 16384 } }
    local session = lab:initiator {}:connect_target { node_address = target.name }
    local disk, logins = session:disk(1), 1

    for bytes = 0, 47, lab.is_live and 9 or 1 do
      local fault = lab:fault { on = target, when = { pdu = "R2T" }, act = "cut", cut_bytes = bytes, times = 1 }
      disk:write { length = "64K", transfer = "64K" }
      disk:read { length = "64K", transfer = "64K" }
      logins = logins + 1
      lab:equal(fault.fired, 1, "cut behind byte " .. bytes)
      lab:equal(session.logins, logins, "one login for each cut")
    end
  end,
}
