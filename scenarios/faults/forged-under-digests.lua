-- SPDX-License-Identifier: Apache-2.0
-- What a fault puts in or changes has digests that fit: only what it says is wrong with it, and nobody finds a digest error.
return scenario {
  title  = "on a connection with digests a forged PDU is as good as any",
  covers = { "R-DIG-001" },
  run = function(lab)
    local host = lab:initiator {}
    local harmless = {
      { when = { pdu = "SCSI Command", nth = 3 }, act = "insert", insert = { opcode = "NOP-Out", TTT = 0xffffffff, ITT = 0xffffffff, I = 1 } },
      { when = { pdu = "SCSI Command", nth = 3 }, act = "duplicate" },
      { when = { pdu = "SCSI Response", nth = 3 }, act = "overwrite", add = { MaxCmdSN = -1 } },
      { when = { pdu = "Login Response", nth = 2 }, act = "split_text", cut_bytes = 5 },
      { when = { pdu = "Login Request", nth = 2 }, act = "split_text", cut_bytes = 5 },
    }
    for _, fault in ipairs(harmless) do
      local target = lab:target { luns = { "1M" } }
      fault.on = target
      local struck  = lab:fault(fault)
      local session = host:connect_target { node_address = target.name, header_digest = true, data_digest = true }
      local disk    = session:disk(1)
      disk:write { length = "64K", transfer = "4K" }
      disk:read { length = "64K", transfer = "4K" }
      lab:equal(struck.fired, 1, fault.act .. " fired")
      lab:equal(session.logins, 1, fault.act .. " cost nothing")
    end
  end,
}
