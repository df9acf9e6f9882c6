-- SPDX-License-Identifier: Apache-2.0
-- RFC 7143 11.4.8: ExpDataSN says how many Data-In went before the status. At level 0 a lost one cannot be asked for.
return scenario {
  title  = "a status that counts more Data-In, or fewer, than have come costs the connection",
  covers = { "R-NUM-028" },
  run = function(lab)
    for _, count in ipairs { 3, 1, 0 } do
      local wire    = lab:wire_target {}
      local attempt = lab:initiator {}:start_connect_target { node_address = wire.name, portal = wire.portal }
      wire:accept {}
      wire:login {}
      local read = attempt:wait():start_command { cdb = "28 00 00000000 00 0002", read = 1024 }
      local function send_data()
        local tag = wire:expect { opcode = "SCSI Command", R = 1 }.ITT
        wire:send { opcode = "Data-In", ITT = tag, F = 0, DataSN = 0, BufferOffset = 0, pattern = 512 }
        wire:send { opcode = "Data-In", ITT = tag, F = 1, DataSN = 1, BufferOffset = 512, pattern = 512 }
        return tag
      end
      wire:send { opcode = "SCSI Response", ITT = send_data(), Status = 0, ExpDataSN = count }
      wire:expect_close { within = "5s" }
      lab:expect(not read.is_done, "that status was not taken")

      wire:accept {}
      wire:login {}
      wire:send { opcode = "SCSI Response", ITT = send_data(), Status = 0, ExpDataSN = 2 }
      lab:equal(read:wait(), "GOOD", "the read is done")
      lab:equal(#read.data, 1024, "with all its bytes")
    end
  end,
}
