-- SPDX-License-Identifier: Apache-2.0
-- A target answers ABORT TASK, and only then the command itself: before the command is done again, or behind that.
return scenario {
  title    = "the status of an aborted command that comes behind the abort's answer ends nothing",
  covers   = { "bug:B54" },
  liveness = "60s",
  run = function(lab)
    local function pinged(wire) -- the next PDU that is no ping
      while true do
        local pdu = wire:expect { within = "31s" }
        if pdu.opcode ~= "NOP-Out" then return pdu end
        wire:send { opcode = "NOP-In", ITT = pdu.ITT }
      end
    end
    for _, moment in ipairs { "before", "behind" } do
      local wire    = lab:wire_target {}
      local attempt = lab:initiator { profile = "linux" }:start_connect_target { node_address = wire.name, portal = wire.portal }
      wire:accept {}
      wire:login {}
      local session = attempt:wait()
      local read    = session:start_command { cdb = "28 00 00000000 00 0001", read = 512 }
      local late    = wire:expect { opcode = "SCSI Command" }
      local abort   = pinged(wire)
      lab:equal(abort.ReferencedTaskTag, late.ITT, "it is aborted by its tag")
      lab:equal(abort.RefCmdSN, late.CmdSN, "and its CmdSN")
      wire:send { opcode = "Task Management Function Response", ITT = abort.ITT, Response = 0 }
      local data = { opcode = "Data-In", ITT = late.ITT, F = 1, S = 1, Status = 0, data = ("x"):rep(512) }
      if moment == "before" then wire:send(data) end
      local again = pinged(wire)
      lab:equal(again.opcode, "SCSI Command", "it comes once more")
      lab:expect(again.ITT ~= late.ITT, "it is done again, under another tag")
      if moment == "behind" then wire:send(data) end
      wire:expect_silence { lasting = "1s" }
      lab:expect(not read.is_done, "it waits for its own status")
      data.ITT, data.data = again.ITT, ("y"):rep(512)
      wire:send(data)
      lab:equal(read:wait(), "GOOD", "and has it")
      lab:equal(read.data, ("y"):rep(512), "with its own data")
      lab:equal(session.logins, 1, "the session stayed")
    end
  end,
}
