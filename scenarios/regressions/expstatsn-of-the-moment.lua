-- SPDX-License-Identifier: Apache-2.0
-- Statuses come in between the burst that is asked for, the commands that wait, and the pings.
return scenario {
  title  = "ExpStatSN on whatever PDU is that of the moment in which it is sent",
  covers = { "bug:B72", "R-NUM-024" },
  run = function(lab)
    local wire    = lab:wire_target {}
    local attempt = lab:initiator {}:start_connect_target { node_address = wire.name, portal = wire.portal }
    wire:accept {}
    wire:login { keys = { InitialR2T = "Yes", ImmediateData = "No", MaxRecvDataSegmentLength = 512 } }
    local session = attempt:wait()
    local writes, tags = {}, {}
    for n = 1, 8 do writes[n] = session:start_command { cdb = "2a 00 00000000 00 0002", write = 1024 } end
    for n = 1, 8 do tags[n] = wire:expect { opcode = "SCSI Command", ExpStatSN = wire.stat_sn }.ITT end
    for n = 1, 8 do
      wire:send { opcode = "Async Message", ITT = 0xffffffff, AsyncEvent = 0 }
      wire:send { opcode = "NOP-In", ITT = 0xffffffff, TTT = n }
      wire:expect { opcode = "NOP-Out", TTT = n, ExpStatSN = wire.stat_sn }
      wire:send { opcode = "R2T", ITT = tags[n], TTT = n, DesiredDataTransferLength = 1024 }
      wire:expect { opcode = "Data-Out", DataSN = 0, ExpStatSN = wire.stat_sn }
      wire:expect { opcode = "Data-Out", DataSN = 1, F = 1, ExpStatSN = wire.stat_sn }
      wire:send { opcode = "SCSI Response", ITT = tags[n], Status = 0 }
      lab:equal(writes[n]:wait(), "GOOD", "it is done")
    end
  end,
}
