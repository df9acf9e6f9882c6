-- SPDX-License-Identifier: Apache-2.0
-- Nothing is under way, so nothing can be late; yet a task waits. The target has as long as for one task.
return scenario {
  title  = "a window that stays closed costs the connection, and what waited goes out on the next one",
  covers = { "R-NUM-018" },
  liveness = "120s",
  run = function(lab)
    local wire    = lab:wire_target {}
    local attempt = lab:initiator {}:start_connect_target { node_address = wire.name, portal = wire.portal }
    wire:accept {}
    wire:login {}
    local session = attempt:wait()
    local commands = {}
    for n = 1, 33 do commands[n] = session:start_command { cdb = "00" } end
    local last
    for n = 1, 32 do last = wire:expect { opcode = "SCSI Command" } end
    for n = 31, 0, -1 do -- none of these statuses opens the window again
      wire:send { opcode = "SCSI Response", ITT = last.ITT - n, ExpCmdSN = last.CmdSN + 1 & 0xffffffff, MaxCmdSN = last.CmdSN }
    end
    for n = 1, 32 do lab:equal(commands[n]:wait(), "GOOD", "command " .. n .. " is done") end
    wire:expect_silence { lasting = "20s" }
    wire:expect_close { within = "100s", discard = true }

    wire:accept {}
    wire:login {}
    wire:expect { opcode = "SCSI Command" }
    wire:send { opcode = "SCSI Response", Status = 0 }
    lab:equal(commands[33]:wait(), "GOOD", "the one that waited is done")
  end,
}
