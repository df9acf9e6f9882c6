-- SPDX-License-Identifier: Apache-2.0
-- RFC 7143 4.2.2.1: MaxCmdSN = ExpCmdSN - 1 closes the window; a stale or impossible pair neither opens nor closes it.
return scenario {
  title  = "an initiator sends nothing into a closed window, and no more than an open one lets in",
  covers = { "R-NUM-015", "R-NUM-016", "R-NUM-018", "R-NUM-003" },
  run = function(lab)
    local wire    = lab:wire_target {}
    local attempt = lab:initiator {}:start_connect_target { node_address = wire.name, portal = wire.portal }
    wire:accept {}
    wire:login {}
    local session = attempt:wait()
    local commands, tags = {}, {}
    for n = 0, 40 do commands[n] = session:start_command { cdb = "00" } end
    local first = wire:expect { opcode = "SCSI Command" }.CmdSN
    local last = first + 31 & 0xffffffff -- what the login has let in
    for n = 1, 31 do tags[n] = wire:expect { opcode = "SCSI Command", CmdSN = first + n & 0xffffffff }.ITT end
    wire:expect_silence { lasting = "2s" }

    local ping = { opcode = "NOP-In", ITT = 0xffffffff, ExpCmdSN = last + 1 & 0xffffffff }
    for _, max in ipairs { first, last - 3 & 0xffffffff, last } do -- impossible, stale, closed
      ping.MaxCmdSN = max
      wire:send(ping)
      wire:expect_silence { lasting = "2s" }
    end
    ping.MaxCmdSN = last + 2 & 0xffffffff
    wire:send(ping)
    for n = 32, 33 do tags[n] = wire:expect { opcode = "SCSI Command", CmdSN = first + n & 0xffffffff }.ITT end
    wire:expect_silence { lasting = "2s" }

    wire:send { opcode = "SCSI Response", ITT = tags[1] - 1, MaxCmdSN = first + 40 & 0xffffffff }
    for n = 34, 40 do tags[n] = wire:expect { opcode = "SCSI Command" }.ITT end
    for n = 1, 40 do wire:send { opcode = "SCSI Response", ITT = tags[n] } end
    for n = 0, 40 do lab:equal(commands[n]:wait(), "GOOD", "command " .. n .. " is done") end
  end,
}
