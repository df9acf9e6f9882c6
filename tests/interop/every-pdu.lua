-- SPDX-License-Identifier: Apache-2.0
-- Two actors send each other every PDU that there is, with a value in every field: nothing is meant to follow from them.
return scenario {
  title = "every PDU, every field",
  run = function(lab)
    local target    = lab:wire_target {}
    local initiator = lab:wire_initiator {}
    initiator:connect { portal = target.portal }
    target:accept {}
    local function to_target(pdu)
      initiator:send(pdu)
      target:expect { opcode = pdu.opcode }
    end
    local function to_initiator(pdu)
      target:send(pdu)
      initiator:expect { opcode = pdu.opcode }
    end

    to_target { opcode = "Login Request", T = 1, CSG = 1, NSG = 3, ISID = 0x800123456789, TSIH = 0, CID = 0x4321, ITT = 0x01020304,
      CmdSN = 0x11223344, ExpStatSN = 0x55667788, text = { { "InitiatorName", "iqn.2026-01.example:tshark" },
      { "SessionType", "Discovery" }, { "MaxRecvDataSegmentLength", "65536" } } }
    to_initiator { opcode = "Login Response", T = 1, CSG = 1, NSG = 3, ISID = 0x800123456789, TSIH = 0xabcd, ITT = 0x01020304,
      StatSN = 0x55667788, ExpCmdSN = 0x11223344, MaxCmdSN = 0x112233ff, Status = 0,
      text = { { "TargetPortalGroupTag", "7" }, { "MaxRecvDataSegmentLength", "8192" } } }

    local lun = 0x0123000000000000
    to_target { opcode = "SCSI Command", F = 1, R = 1, W = 0, ATTR = 2, LUN = lun, ITT = 0x10203040,
      ExpectedDataTransferLength = 0x00a0b0c0, CmdSN = 0x11223344, ExpStatSN = 0x55667789, cdb = "28 00 01020304 00 0506 00" }
    to_initiator { opcode = "Data-In", F = 0, A = 0, S = 0, LUN = 0, ITT = 0x10203040, TTT = 0xffffffff, ExpCmdSN = 0x11223345,
      MaxCmdSN = 0x112233fe, DataSN = 0x5, BufferOffset = 0x00102030, pattern = 512 }
    to_initiator { opcode = "Data-In", F = 1, S = 1, U = 1, Status = 0, ITT = 0x10203040, TTT = 0xffffffff, StatSN = 0x55667789,
      ExpCmdSN = 0x11223345, MaxCmdSN = 0x112233fe, DataSN = 0x6, BufferOffset = 0x00102230, ResidualCount = 0x1234, pattern = 513 }
    to_target { opcode = "SCSI Command", I = 1, F = 1, R = 0, W = 1, ATTR = 1, LUN = lun, ITT = 0x10203041,
      ExpectedDataTransferLength = 0x400, CmdSN = 0x11223345, ExpStatSN = 0x5566778a, cdb = "2a 00 01020304 00 0002 00", pattern = 5 }
    to_initiator { opcode = "R2T", LUN = lun, ITT = 0x10203041, TTT = 0x0badcafe, StatSN = 0x5566778a, ExpCmdSN = 0x11223345,
      MaxCmdSN = 0x112233fe, R2TSN = 0x9, BufferOffset = 0x01020304, DesiredDataTransferLength = 0x05060708 }
    to_target { opcode = "Data-Out", F = 1, LUN = lun, ITT = 0x10203041, TTT = 0x0badcafe, ExpStatSN = 0x5566778a, DataSN = 0x7,
      BufferOffset = 0x01020304, pattern = 1024 }
    to_initiator { opcode = "SCSI Response", o = 0, u = 0, O = 1, U = 0, Response = 0, Status = 2, ITT = 0x10203041, SNACKTag = 0,
      StatSN = 0x5566778a, ExpCmdSN = 0x11223346, MaxCmdSN = 0x112233fe, ExpDataSN = 0x3, ResidualCount = 0x55,
      hex = "0012 70000b00 00000000 0a000000 00030000 0000" }
    to_target { opcode = "Task Management Function Request", I = 1, Function = 1, LUN = lun, ITT = 0x10203042,
      ReferencedTaskTag = 0x10203041, CmdSN = 0x11223346, ExpStatSN = 0x5566778b, RefCmdSN = 0x11223345, ExpDataSN = 0x77 }
    to_initiator { opcode = "Task Management Function Response", Response = 5, ITT = 0x10203042, StatSN = 0x5566778b,
      ExpCmdSN = 0x11223346, MaxCmdSN = 0x112233fd }
    to_target { opcode = "Text Request", F = 0, C = 1, LUN = lun, ITT = 0x10203043, TTT = 0xffffffff, CmdSN = 0x11223346,
      ExpStatSN = 0x5566778c, text = { { "SendTargets", "All" } } }
    to_initiator { opcode = "Text Response", F = 1, C = 0, LUN = lun, ITT = 0x10203043, TTT = 0xffffffff, StatSN = 0x5566778c,
      ExpCmdSN = 0x11223347, MaxCmdSN = 0x112233fd,
      text = { { "TargetName", "iqn.2026-01.example:disk" }, { "TargetAddress", "[fd00::1]:3260,1" } } }
    to_target { opcode = "SNACK Request", Type = 1, LUN = lun, ITT = 0xffffffff, TTT = 0xffffffff, ExpStatSN = 0x5566778d,
      BegRun = 0x5566778a, RunLength = 0x3 }
    to_initiator { opcode = "NOP-In", LUN = lun, ITT = 0xffffffff, TTT = 0x0badf00d, StatSN = 0x5566778d, ExpCmdSN = 0x11223347,
      MaxCmdSN = 0x112233fd }
    to_target { opcode = "NOP-Out", I = 1, LUN = lun, ITT = 0xffffffff, TTT = 0x0badf00d, CmdSN = 0x11223347, ExpStatSN = 0x5566778d,
      pattern = 12 }
    to_initiator { opcode = "Async Message", LUN = lun, StatSN = 0x5566778d, ExpCmdSN = 0x11223347, MaxCmdSN = 0x112233fd,
      AsyncEvent = 3, AsyncVCode = 0, Parameter1 = 0x1, Parameter2 = 0x0203, Parameter3 = 0x0405 }
    to_initiator { opcode = "Reject", Reason = 4, StatSN = 0x5566778e, ExpCmdSN = 0x11223347, MaxCmdSN = 0x112233fd,
      DataSN = 0, hex = "0580000000000200 0123000000000000 1020304100000000 00000000 00000000 00000000 00000000 00000000 00000000" }
    to_target { opcode = "Logout Request", I = 1, ReasonCode = 1, ITT = 0x10203044, CID = 0x4321, CmdSN = 0x11223347,
      ExpStatSN = 0x5566778f }
    to_initiator { opcode = "Logout Response", Response = 2, ITT = 0x10203044, StatSN = 0x5566778f, ExpCmdSN = 0x11223347,
      MaxCmdSN = 0x112233fd, Time2Wait = 0x0102, Time2Retain = 0x0304 }
    initiator:close {}
    target:expect_close {}
  end,
}
