-- SPDX-License-Identifier: Apache-2.0
-- RFC 7143 11.9.1: the initiator has Parameter3 seconds. Time2Wait of the answer is how long it stays away.
return scenario {
  title  = "a requested logout lets tasks end first, and the next login comes Time2Wait after the answer",
  covers = { "R-ASYNC-005", "R-ASYNC-006", "R-TIMER-004" },
  run = function(lab)
    local wire    = lab:wire_target {}
    local attempt = lab:initiator {}:start_connect_target { node_address = wire.name, portal = wire.portal }
    wire:accept {}
    wire:login { keys = { DefaultTime2Wait = 1 } }
    local command = attempt:wait():start_command { cdb = "00" }
    local tag = wire:expect { opcode = "SCSI Command" }.ITT
    wire:send { opcode = "Async Message", ITT = 0xffffffff, AsyncEvent = 1, Parameter3 = 20 }
    wire:expect_silence { lasting = "8s" }
    wire:send { opcode = "SCSI Response", ITT = tag, Status = 0 }
    lab:equal(command:wait(), "GOOD", "the command had its time")

    wire:expect { opcode = "Logout Request", ReasonCode = 0, within = "1s" }
    wire:send { opcode = "Logout Response", Response = 0, Time2Wait = 7, Time2Retain = 20 }
    local answered = lab.now
    wire:close()
    wire:accept { within = "20s" }
    lab:expect(lab.now - answered >= 7 * 10^9, "it stays away for Time2Wait")
    lab:expect(lab.now - answered < 9 * 10^9, "and not much longer")
    wire:login {}
  end,
}
