-- SPDX-License-Identifier: Apache-2.0
-- At error recovery level 0 a hole in StatSN is a lost status: nobody can say whose.
return scenario {
  title  = "a gap in StatSN costs the connection, and the command is sent again",
  covers = { "R-NUM-024", "R-NUM-025" },
  run = function(lab)
    for _, jump in ipairs { 1, 1 << 30, -1 } do
      local wire    = lab:wire_target {}
      local attempt = lab:initiator {}:start_connect_target { node_address = wire.name, portal = wire.portal }
      wire:accept {}
      wire:login {}
      local command = attempt:wait():start_command { cdb = "00" }
      wire:expect { opcode = "SCSI Command", ExpStatSN = wire.stat_sn }
      wire:send { opcode = "SCSI Response", Status = 0, StatSN = wire.stat_sn + jump & 0xffffffff }
      wire:expect_close { within = "5s" }
      lab:expect(not command.is_done, "that status was not taken")

      wire:accept {}
      wire:login {}
      wire:expect { opcode = "SCSI Command" }
      wire:send { opcode = "SCSI Response", Status = 0 }
      lab:equal(command:wait(), "GOOD", "the command is done")
    end
  end,
}
