-- SPDX-License-Identifier: Apache-2.0
-- A disk that takes its time for each extent has many lists to do at once, and is aborted in the middle of one.
return scenario {
  title  = "UNMAP gives back what its list names and nothing else, also when it is aborted half way",
  not_live = "the abort must come between the second extent and the third",
  run = function(lab)
    local target  = lab:target { luns = { "1M" }, thin = true, store_latency = "5ms" }
    local session = lab:initiator {}:connect_target { node_address = target.name }
    local disk    = session:disk(1)
    disk:write {}
    local wire = lab:wire_initiator {}
    wire:connect { portal = target.portals[1] }
    wire:login { target = target.name }
    wire:send { opcode = "SCSI Command", I = 1, ITT = 1, cdb = "00" } -- the unit attention
    wire:expect { opcode = "SCSI Response" }
    local function unmap(itt, ...)
      local list = ""
      for _, extent in ipairs { ... } do list = list .. (">I8I4I4"):pack(extent[1], extent[2], 0) end
      list = (">I2I2I4"):pack(#list + 6, #list, 0) .. list
      wire:send { opcode = "SCSI Command", ITT = itt, W = 1, ExpectedDataTransferLength = #list,
                  cdb = ("42 00 00 00 00 00 00 %04x 00"):format(#list), data = list }
    end
    for n = 0, 7 do unmap(2 + n, { n * 64, 2 }, { n * 64 + 8, 0 }, { n * 64 + 30, 1 }) end
    for n = 0, 7 do wire:expect { opcode = "SCSI Response", ITT = 2 + n, Status = 0 } end
    for n = 0, 7 do
      for block = 0, 63 do
        local is_gone = block < 2 or block == 30
        local read = session:start_command { cdb = ("28 00 %08x 00 0001 00"):format(n * 64 + block), read = 512 }
        lab:equal(read:wait(), "GOOD", "it is read")
        lab:equal(read.data == ("\0"):rep(512), is_gone, "block " .. n * 64 + block .. " is " .. (is_gone and "zeros" or "not"))
      end
    end
    unmap(20, { 1024, 8 }, { 1032, 8 }, { 1040, 8 }, { 1048, 8 })
    lab:sleep("12ms") -- two of the four
    wire:send { opcode = "Task Management Function Request", I = 1, ITT = 21, Function = 1, ReferencedTaskTag = 20,
                RefCmdSN = wire.cmd_sn - 1 }
    wire:expect { opcode = "Task Management Function Response", ITT = 21, Response = 0 }
    lab:sleep("50ms")
    local zeros = 0
    for block = 1024, 1055 do
      local read = session:start_command { cdb = ("28 00 %08x 00 0001 00"):format(block), read = 512 }
      read:wait()
      if read.data == ("\0"):rep(512) then zeros = zeros + 1 end
    end
    lab:expect(zeros == 8 or zeros == 16 or zeros == 24, "some extents were done, each as a whole: " .. zeros)
    unmap(22, { 2047, 2 })
    local refused = wire:expect { opcode = "SCSI Response", ITT = 22, Status = 2 }
    lab:equal(refused.data:byte(15), 0x21, "LBA OUT OF RANGE")
  end,
}
