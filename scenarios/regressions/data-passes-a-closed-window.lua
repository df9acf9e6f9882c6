-- SPDX-License-Identifier: Apache-2.0
-- Eight commands fill the window, each with more data than may go unasked; 56 more wait for room, which only the data make.
return scenario {
  title  = "solicited data and answers to pings go out past commands that a closed window keeps back",
  covers = { "bug:B68" },
  run = function(lab)
    local target  = lab:target { luns = { "16M" }, queue_depth = 8, store_latency = "10ms",
                                 keys = { MaxRecvDataSegmentLength = 8192, MaxBurstLength = 65536, FirstBurstLength = 16384 } }
    local session = lab:initiator {}:connect_target { node_address = target.name }
    local disk    = session:disk(1)
    disk:write { transfer = "256K", depth = 64 }
    disk:read { transfer = "256K", depth = 64 }
    lab:equal(session.logins, 1, "the session stayed")

    local wire    = lab:wire_target {}
    local attempt = lab:initiator {}:start_connect_target { node_address = wire.name, portal = wire.portal }
    wire:accept {}
    wire:login { keys = { InitialR2T = "Yes", ImmediateData = "No" } }
    local other, writes, tags = attempt:wait(), {}, {}
    for n = 1, 40 do writes[n] = other:start_command { cdb = "2a 00 00000000 00 0002", write = 1024 } end
    local first = wire:expect { opcode = "SCSI Command" }
    tags[1] = first.ITT
    for n = 2, 32 do tags[n] = wire:expect { opcode = "SCSI Command" }.ITT end
    local closed = { ExpCmdSN = first.CmdSN + 32 & 0xffffffff, MaxCmdSN = first.CmdSN + 31 & 0xffffffff }
    wire:send { opcode = "NOP-In", ITT = 0xffffffff, TTT = 9, ExpCmdSN = closed.ExpCmdSN, MaxCmdSN = closed.MaxCmdSN }
    wire:expect { opcode = "NOP-Out", I = 1, TTT = 9 }
    for n = 1, 32 do
      wire:send { opcode = "R2T", ITT = tags[n], TTT = n, DesiredDataTransferLength = 1024, ExpCmdSN = closed.ExpCmdSN, MaxCmdSN = closed.MaxCmdSN }
      wire:expect { opcode = "Data-Out", ITT = tags[n], TTT = n, F = 1, DataSegmentLength = 1024 }
    end
    wire:expect_silence { lasting = "1s" }
    for n = 1, 40 do
      wire:send { opcode = "SCSI Response", ITT = tags[n] or wire:expect { opcode = "SCSI Command" }.ITT, Status = 0 }
      lab:equal(writes[n]:wait(), "GOOD", "it is done")
    end
  end,
}
