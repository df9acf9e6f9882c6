-- SPDX-License-Identifier: Apache-2.0
-- 32 commands fill the window, eight more wait behind it. Some of those that wait are ended before they were ever sent.
return scenario {
  title  = "the abort of a command that waits is nobody else's business, and leaves no hole in CmdSN",
  covers = { "bug:B50", "bug:B70" },
  run = function(lab)
    local wire    = lab:wire_target {}
    local attempt = lab:initiator {}:start_connect_target { node_address = wire.name, portal = wire.portal }
    wire:accept {}
    wire:login {}
    local session, commands, tags = attempt:wait(), {}, {}
    for n = 1, 40 do commands[n] = session:start_command { cdb = "00" } end
    local first = wire:expect { opcode = "SCSI Command" }
    local sn    = first.CmdSN
    tags[1] = first.ITT
    for n = 2, 32 do tags[n] = wire:expect { opcode = "SCSI Command", CmdSN = sn + n - 1 & 0xffffffff }.ITT end
    local function answer(tag, room)
      wire:send { opcode = "SCSI Response", ITT = tag, Status = 0, ExpCmdSN = sn + 32 & 0xffffffff, MaxCmdSN = sn + 31 + room & 0xffffffff }
    end
    for n = 1, 32 do answer(tags[n], 0) end -- the window stays closed
    for n = 1, 32 do lab:equal(commands[n]:wait(), "GOOD", "it is done") end

    for n = 33, 35 do -- nothing is under way any more: the oldest is the first that waits
      session:abort()
      lab:expect(commands[n].is_done, "it has ended: " .. tostring(commands[n].result))
    end
    wire:expect_silence { lasting = "1s" }
    wire:send { opcode = "NOP-In", ITT = 0xffffffff, ExpCmdSN = sn + 32 & 0xffffffff, MaxCmdSN = sn + 63 & 0xffffffff }
    for n = 36, 40 do
      tags[n] = wire:expect { opcode = "SCSI Command", CmdSN = sn + n - 4 & 0xffffffff }.ITT
    end
    for n = 36, 40 do wire:send { opcode = "SCSI Response", ITT = tags[n], Status = 0 } end
    for n = 36, 40 do lab:equal(commands[n]:wait(), "GOOD", "the others are done") end
  end,
}
