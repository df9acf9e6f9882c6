-- SPDX-License-Identifier: Apache-2.0
-- Whatever becomes of one PDU on its way, at error recovery level 0 the session pays for it with a new login at most, and the
-- data with nothing.
return scenario {
  title    = "a PDU that is doubled, late, out of place, torn or forged costs a login at most, and no data",
  liveness = "120s",
  run = function(lab)
    local acts = {
      { act = "duplicate" }, { act = "reorder" }, { act = "truncate", cut_bytes = 20 }, { act = "shorten", cut_bytes = 512 },
      { act = "unknown_opcode" }, { act = "drop" }, { act = "half_close" },
      { act = "overwrite", offset = 16, octets = "de ad be ef" }, -- the ITT
      { act = "reject", reason = 9 }, { act = "overwrite", set = { DataSN = 77 } },
      { act = "overwrite", add = { BufferOffset = 512 } }, { act = "overwrite", add = { DataSN = -1 } },
      { act = "insert", insert = { opcode = "NOP-Out", I = 1, TTT = 0xffffffff, CmdSN = 0, ExpStatSN = 0 } },
    }
    for _, fault in ipairs(acts) do
      local target  = lab:target { luns = { "1M" }, keys = { MaxRecvDataSegmentLength = 8192 } }
      local session = lab:initiator { profile = "linux" }:connect_target { node_address = target.name }
      local disk    = session:disk(1)
      fault.on, fault.when = target, { pdu = "Data-Out", nth = 3 }
      local struck = lab:fault(fault)
      disk:write { transfer = "64K", depth = 4 }
      disk:read { transfer = "64K" }
      lab:equal(struck.fired, 1, fault.act .. " fired")
      lab:expect(session.logins <= 2, fault.act .. " cost one login at most")
    end
  end,
}
