-- SPDX-License-Identifier: Apache-2.0
-- The connection ends in the midst of a Data-Out: behind each byte of its header, and behind drawn bytes of its data, on two attempts in a row.
return scenario {
  title  = "the same cut of a Data-Out on two attempts in a row costs two logins and no data",
  covers = { "R-MODEL-001" },
  run = function(lab)
    local target = lab:target { luns = { "1M" }, keys = { MaxRecvDataSegmentLength = 8192, FirstBurstLength = 16384 } }
    local session = lab:initiator {}:connect_target { node_address = target.name }
    local disk, logins = session:disk(1), 1

    for cut = 0, 55, lab.is_live and 9 or 1 do
      local bytes = cut < 48 and cut or 47 + lab:draw(400)
      local fault = lab:fault { on = target, when = { pdu = "Data-Out" }, act = "cut", cut_bytes = bytes, times = 2 }
      disk:write { length = "64K", transfer = "64K" }
      disk:read { length = "64K", transfer = "64K" }
      logins = logins + 2
      lab:equal(fault.fired, 2, "cut behind byte " .. bytes)
      lab:equal(session.logins, logins, "one login for each cut")
    end
  end,
}
