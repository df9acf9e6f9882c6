-- SPDX-License-Identifier: Apache-2.0
-- Sixteen commands to one block come in the reverse order of their CmdSN, the last of them carries the newest data; and a backend
-- that ends commands in any order must not change that.
return scenario {
  title  = "commands are carried out in the order of their CmdSN, in whatever order they come",
  covers = { "bug:B168", "R-NUM-007" },
  run = function(lab)
    local target = lab:target { luns = { "1M" }, power_on_attention = false }
    local wire   = lab:wire_initiator {}
    wire:connect { portal = target.portals[1] }
    wire:login { target = target.name, cmd_sn = 0xfffffff8 }
    for round = 0, 3 do
      local first = 0xfffffff8 + round * 17
      for n = 15, 0, -1 do
        wire:send { opcode = "SCSI Command", ITT = round * 16 + n, W = 1, F = 1, CmdSN = first + n & 0xffffffff, ExpectedDataTransferLength = 512,
                    cdb = "2a 00 00000000 00 0001", data = string.char(round * 16 + n):rep(512) }
      end
      for n = 0, 15 do wire:expect { opcode = "SCSI Response", ITT = round * 16 + n, Status = 0 } end
      wire:send { opcode = "SCSI Command", ITT = 999, R = 1, F = 1, CmdSN = first + 16 & 0xffffffff, ExpectedDataTransferLength = 512,
                  cdb = "28 00 00000000 00 0001" }
      local read = wire:expect { opcode = "Data-In", ITT = 999 }
      lab:equal(read.data, string.char(round * 16 + 15):rep(512), "the newest data is there")
    end
  end,
}
