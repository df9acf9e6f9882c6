-- SPDX-License-Identifier: Apache-2.0
-- A burst of PDUs lies in the old connection when it ends, and the target takes the new one at once. Whatever of the burst is
-- looked at belongs to the old connection; none of it is the answer to the new login.
return scenario {
  title    = "what the old connection still had to say neither answers nor disturbs the new login",
  covers   = { "bug:B08" },
  liveness = "60s",
  run = function(lab)
    for _, ending in ipairs { "reset", "close" } do
      local wire    = lab:wire_target {}
      local attempt = lab:initiator {}:start_connect_target { node_address = wire.name, portal = wire.portal }
      wire:accept {}
      wire:login {}
      local session = attempt:wait()
      local read    = session:start_command { cdb = "28 00 00000000 00 0010", read = 8192 }
      local asked   = wire:expect { opcode = "SCSI Command" }
      for n = 0, 15 do
        wire:send { opcode = "Data-In", ITT = asked.ITT, DataSN = n, BufferOffset = n * 256, pattern = 256 }
        wire:send { opcode = "NOP-In", ITT = 0xffffffff, TTT = n }
        wire:send { opcode = "Async Message", ITT = 0xffffffff, AsyncEvent = 0 }
      end
      wire[ending](wire)

      wire:accept {}
      local began = lab.now
      wire:login { tsih = 2 }
      wire:expect { opcode = "SCSI Command" }
      lab:expect(lab.now - began < 1000000000 + lab.slack, "the first relogin succeeded")
      wire:send { opcode = "Data-In", DataSN = 0, BufferOffset = 0, pattern = 8192, F = 1, S = 1, Status = 0 }
      lab:equal(read:wait(), "GOOD", "the read is done anew")
      lab:equal(#read.data, 8192, "from its beginning")
      lab:equal(session.logins, 2, ending .. ": one more login")
    end
  end,
}
