-- SPDX-License-Identifier: Apache-2.0
-- Eight initiators set a bit each in the same blocks, and a disk that takes its time gives them every chance to undo each
-- other's.
return scenario {
  title  = "ORWRITE by many at once loses no bit, and what WRITE ATOMIC leaves is of one of them",
  run = function(lab)
    local target = lab:target { luns = { "1M" }, store_latency = "1ms", store_jitter = "9ms" }
    local wires  = {}
    for i = 1, 8 do
      wires[i] = lab:wire_initiator {}
      wires[i]:connect { portal = target.portals[1] }
      wires[i]:login { target = target.name }
      wires[i]:send { opcode = "SCSI Command", I = 1, ITT = 1, cdb = "00" } -- the unit attention
      wires[i]:expect { opcode = "SCSI Response" }
    end
    local function all(cdb, bytes)
      for i, wire in ipairs(wires) do
        wire:send { opcode = "SCSI Command", ITT = 2, W = 1, ExpectedDataTransferLength = 1024, cdb = cdb, data = bytes(i):rep(1024) }
      end
    end
    local function read()
      wires[1]:send { opcode = "SCSI Command", ITT = 3, R = 1, ExpectedDataTransferLength = 1024, cdb = "28 00 00000004 00 0002 00" }
      return wires[1]:expect { opcode = "Data-In", ITT = 3 }.data
    end
    local function all_good()
      for _, wire in ipairs(wires) do wire:expect { opcode = "SCSI Response", ITT = 2, Status = 0 } end
    end
    all("8b 00 0000000000000004 00000002 00 00", function(i) return string.char(1 << (i - 1)) end)
    all_good()
    lab:equal(read(), ("\xff"):rep(1024), "every bit is there")
    all("9c 00 0000000000000004 0000 0002 00 00", function(i) return string.char(i) end)
    all_good()
    local seen = read()
    lab:equal(seen, seen:sub(1, 1):rep(1024), "both blocks are from the same")
  end,
}
