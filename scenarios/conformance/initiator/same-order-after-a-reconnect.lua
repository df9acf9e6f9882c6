-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "what a lost connection had under way is sent again in the order in which it was sent before",
  covers = { "R-NUM-006" },
  run = function(lab)
    local wire    = lab:wire_target {}
    local attempt = lab:initiator {}:start_connect_target { node_address = wire.name, portal = wire.portal }
    wire:accept {}
    wire:login {}
    local session, commands = attempt:wait(), {}
    for block = 1, 5 do
      commands[block] = session:start_command { cdb = string.format("28 00 00000000 00 000%d", block), read = 512 * block }
      wire:expect { opcode = "SCSI Command", R = 1 }
    end
    wire:reset()

    wire:accept {}
    wire:login {}
    for block = 1, 5 do
      local tag = wire:expect { opcode = "SCSI Command", R = 1, ExpectedDataTransferLength = 512 * block }.ITT
      wire:send { opcode = "Data-In", ITT = tag, S = 1, pattern = 512 * block }
    end
    for block = 1, 5 do lab:equal(commands[block]:wait(), "GOOD", "read " .. block .. " is done") end
  end,
}
