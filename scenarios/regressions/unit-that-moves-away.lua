-- SPDX-License-Identifier: Apache-2.0
-- The target asks for a logout because a volume moves; before its own deadline it ends commands on the volume with LOGICAL UNIT
-- NOT SUPPORTED. That is true of the session that goes, not of the next one.
return scenario {
  title  = "a command that is refused because its unit just moves away is done again behind the move",
  covers = { "bug:B88" },
  run = function(lab)
    local wire    = lab:wire_target {}
    local attempt = lab:initiator {}:start_connect_target { node_address = wire.name, portal = wire.portal }
    local refusal = { opcode = "SCSI Response", Status = 2, hex = "0012 70 00 05 00000000 0a 00000000 25 00 00 000000" }
    wire:accept {}
    wire:login {}
    local session  = attempt:wait()
    local commands = { session:start_command { cdb = "00" }, session:start_command { cdb = "28 00 00000000 00 0001", read = 512 } }
    local tags     = { wire:expect { opcode = "SCSI Command" }.ITT, wire:expect { opcode = "SCSI Command" }.ITT }
    wire:send { opcode = "Async Message", ITT = 0xffffffff, AsyncEvent = 1, Parameter3 = 10 }
    for _, tag in ipairs(tags) do
      refusal.ITT = tag
      wire:send(refusal)
    end
    wire:expect { opcode = "Logout Request" }
    wire:send { opcode = "Logout Response", Response = 0, Time2Wait = 0, Time2Retain = 0 }
    wire:close()
    lab:expect(not commands[1].is_done and not commands[2].is_done, "neither is given up")

    wire:accept {}
    wire:login { tsih = 2 }
    local again = {}
    for _ = 1, 2 do
      local command = wire:expect { opcode = "SCSI Command" }
      again[command.R + 1] = command.ITT
    end
    wire:send { opcode = "SCSI Response", ITT = again[1], Status = 0 }
    lab:equal(commands[1]:wait(), "GOOD", "the first is done behind the move")
    refusal.ITT = again[2]
    wire:send(refusal)
    lab:expect(commands[2]:wait():find("CHECK CONDITION", 1, true) ~= nil, "what is refused without a move is refused")
  end,
}
