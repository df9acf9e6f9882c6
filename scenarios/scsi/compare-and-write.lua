-- SPDX-License-Identifier: Apache-2.0
-- Each of many initiators asks for the same block by COMPARE AND WRITE, as cluster file systems take their locks: what is
-- compared is a block of zeros, so that only the first can have it. The disk takes so long, and so differently long, for each
-- of the two steps that the others are there between them.
return scenario {
  title  = "of many COMPARE AND WRITE of the same block at once, one has it",
  run = function(lab)
    local target   = lab:target { luns = { "1M" }, store_latency = "1ms", store_jitter = "9ms" }
    local sessions = {}
    for i = 1, 8 do sessions[i] = lab:initiator {}:connect_target { node_address = target.name } end
    local wires = {}
    for i = 1, 8 do
      wires[i] = lab:wire_initiator {}
      wires[i]:connect { portal = target.portals[1] }
      wires[i]:login { target = target.name }
      wires[i]:send { opcode = "SCSI Command", I = 1, ITT = 1, cdb = "00" } -- the unit attention
      wires[i]:expect { opcode = "SCSI Response" }
    end
    for block = 0, 7 do
      for i, wire in ipairs(wires) do
        wire:send { opcode = "SCSI Command", ITT = 2, W = 1, ExpectedDataTransferLength = 1024,
                    cdb = ("89 00 %016x 000000 01 00 00"):format(block), data = ("\0"):rep(512) .. string.char(i):rep(512) }
      end
      local winner, others = nil, 0
      for i, wire in ipairs(wires) do
        local response = wire:expect { opcode = "SCSI Response", ITT = 2 }
        if response.Status == 0 then
          lab:expect(not winner, "no second one has block " .. block)
          winner = i
        else
          lab:equal(response.data:byte(5) & 0x0f, 0x0e, "the sense key is MISCOMPARE")
          lab:equal(response.data:byte(15), 0x1d, "the code is MISCOMPARE DURING VERIFY OPERATION")
          others = others + 1
        end
      end
      lab:equal(others, 7, "the others have not")
      local read = sessions[winner]:start_command { cdb = ("28 00 %08x 00 0001 00"):format(block), read = 512 }
      read:wait()
      lab:equal(read.data, string.char(winner):rep(512), "what is there is from who was told so")
    end
  end,
}
