-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title    = "an answer that is doubled, out of number or forged costs a login at most, and no data",
  liveness = "120s",
  run = function(lab)
    local acts = {
      { pdu = "Data-In", act = "duplicate" }, { pdu = "Data-In", act = "reorder" },
      { pdu = "Data-In", act = "overwrite", add = { DataSN = 1 } },
      { pdu = "Data-In", act = "overwrite", set = { BufferOffset = 4096 } },
      { pdu = "Data-In", act = "shorten", cut_bytes = 100 },
      { pdu = "R2T", act = "overwrite", add = { R2TSN = 1 } }, { pdu = "R2T", act = "duplicate" },
      { pdu = "R2T", act = "overwrite", set = { DesiredDataTransferLength = 0 } },
      { pdu = "SCSI Response", act = "overwrite", add = { StatSN = 1 } },
      { pdu = "SCSI Response", act = "overwrite", add = { StatSN = -1 } },
      { pdu = "SCSI Response", act = "overwrite", set = { ExpCmdSN = 0, MaxCmdSN = 0 } },
      { pdu = "SCSI Response", act = "overwrite", add = { MaxCmdSN = -64 } },
      { pdu = "SCSI Response", act = "duplicate" }, { pdu = "SCSI Response", act = "unknown_opcode" },
      { pdu = "SCSI Response", act = "insert", insert = { opcode = "Reject", Reason = 4, ITT = 0xffffffff } },
    }
    for _, fault in ipairs(acts) do
      local target  = lab:target { luns = { "1M" }, keys = { MaxRecvDataSegmentLength = 8192 } }
      local session = lab:initiator { profile = "linux" }:connect_target { node_address = target.name }
      local disk    = session:disk(1)
      fault.on, fault.when, fault.pdu = target, { pdu = fault.pdu, nth = 2 }, nil
      local struck = lab:fault(fault)
      disk:write { transfer = "512K", depth = 2 }
      disk:read { transfer = "512K" }
      lab:equal(struck.fired, 1, fault.act .. " fired")
      lab:expect(session.logins <= 2, fault.act .. " cost one login at most")
    end
  end,
}
