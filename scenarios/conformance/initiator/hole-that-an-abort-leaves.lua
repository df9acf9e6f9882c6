-- SPDX-License-Identifier: Apache-2.0
-- The command never came, and the target says so: nobody will send its CmdSN again, so no later command can have its turn.
return scenario {
  title  = "a hole in CmdSN that an abort leaves behind costs the connection, not the commands behind it",
  covers = { "R-NUM-007" },
  liveness = "300s",
  run = function(lab)
    local wire    = lab:wire_target {}
    local attempt = lab:initiator {}:start_connect_target { node_address = wire.name, portal = wire.portal }
    wire:accept {}
    wire:login {}
    local lost    = attempt:wait():start_command { cdb = "00" }
    local command = wire:expect { opcode = "SCSI Command" }
    wire:expect { opcode = "Task Management Function Request", Function = 1, ReferencedTaskTag = command.ITT, within = "120s" }
    wire:send { opcode = "Task Management Function Response", Response = 1, ExpCmdSN = command.CmdSN,
                MaxCmdSN = command.CmdSN + 31 & 0xffffffff }
    wire:expect_close { within = "5s" }

    wire:accept {}
    wire:login {}
    wire:expect { opcode = "SCSI Command" }
    wire:send { opcode = "SCSI Response", Status = 0 }
    lab:equal(lost:wait(), "GOOD", "the command has its turn on the next connection")
  end,
}
