-- SPDX-License-Identifier: Apache-2.0
-- A connection with a WRITE under way is given up, as its target breaks a rule. What TCP still holds of it must not reach the
-- target behind what is sent anew: it is reset, in whatever state it was.
return scenario {
  title    = "a connection that is given up with commands under way is reset, also when a logout was asked for or sent",
  covers   = { "bug:B164" },
  liveness = "60s",
  run = function(lab)
    local function nothing() end
    local function ask(wire) wire:send { opcode = "Async Message", ITT = 0xffffffff, AsyncEvent = 1, Parameter3 = 20 } end
    local function ask_and_wait(wire)
      ask(wire)
      wire:expect { opcode = "Logout Request", within = "11s" }
    end
    for _, before in ipairs { nothing, ask, ask_and_wait } do
      local wire    = lab:wire_target {}
      local attempt = lab:initiator {}:start_connect_target { node_address = wire.name, portal = wire.portal }
      wire:accept {}
      wire:login { keys = { InitialR2T = "Yes", ImmediateData = "No" } }
      local write = attempt:wait():start_command { cdb = "2a 00 00000000 00 0002", write = 1024 }
      local tag   = wire:expect { opcode = "SCSI Command" }.ITT
      before(wire)
      wire:send { opcode = "R2T", ITT = tag, TTT = 5, DesiredDataTransferLength = 2048 }
      wire:expect_close { within = "5s", how = "rst" }

      wire:accept {}
      wire:login { tsih = 2, keys = { InitialR2T = "Yes", ImmediateData = "No" } }
      wire:expect { opcode = "SCSI Command" }
      wire:send { opcode = "R2T", TTT = 6, DesiredDataTransferLength = 1024 }
      wire:expect { opcode = "Data-Out", TTT = 6, F = 1 }
      wire:send { opcode = "SCSI Response", Status = 0 }
      lab:equal(write:wait(), "GOOD", "the write is done")
    end
  end,
}
