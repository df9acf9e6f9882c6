-- SPDX-License-Identifier: Apache-2.0
-- A status that crosses its abort, or was held up, is nothing wrong; one for a tag that was never given out is.
return scenario {
  title  = "a status for a task that was aborted is dropped, one for a tag that nobody has costs the connection",
  covers = { "R-TMF-005", "R-TMF-031", "R-MODEL-015" },
  liveness = "120s",
  run = function(lab)
    local wire    = lab:wire_target {}
    local attempt = lab:initiator {}:start_connect_target { node_address = wire.name, portal = wire.portal }
    wire:accept {}
    wire:login {}
    local session = attempt:wait()
    local again = session:start_command { cdb = "00" }
    local tag   = wire:expect { opcode = "SCSI Command" }.ITT
    wire:expect { opcode = "Task Management Function Request", Function = 1, ReferencedTaskTag = tag, within = "120s" }
    wire:send { opcode = "Task Management Function Response", Response = 0 }
    local second = wire:expect { opcode = "SCSI Command" }.ITT
    wire:send { opcode = "SCSI Response", ITT = tag, Status = 0 }
    wire:expect_silence { lasting = "1s" }
    lab:expect(not again.is_done, "that status was not for the second try")
    wire:send { opcode = "SCSI Response", ITT = second, Status = 0 }
    lab:equal(again:wait(), "GOOD", "this one was")

    local command = session:start_command { cdb = "00" }
    local own     = wire:expect { opcode = "SCSI Command" }.ITT
    wire:send { opcode = "SCSI Response", ITT = own ~ 0x00010000, Status = 0 } -- the same place, another time around
    wire:expect_close { within = "5s", discard = true }
    lab:expect(not command.is_done, "it was not taken for the command's")
    wire:accept {}
    wire:login {}
    wire:expect { opcode = "SCSI Command" }
    wire:send { opcode = "SCSI Response", Status = 0 }
    lab:equal(command:wait(), "GOOD", "the command is done")
  end,
}
