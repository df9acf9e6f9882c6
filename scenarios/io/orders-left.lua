-- SPDX-License-Identifier: Apache-2.0
-- 64 KiB in sequences of 8 KiB and PDUs of 4 KiB: the first of each kind is the last of the data. A rule that does not meet its
-- PDU fails the scenario.
return scenario {
  title  = "with both orders agreed away sequences and their PDUs go from the back to the front, each way",
  covers = { "R-KEY-039", "R-KEY-040" },
  run = function(lab)
    local any = { DataPDUInOrder = "No", DataSequenceInOrder = "No", InitialR2T = "Yes", ImmediateData = "No",
                  MaxBurstLength = 8192, FirstBurstLength = 8192, MaxRecvDataSegmentLength = 4096 }
    local target = lab:target { keys = any }
    local disk = lab:initiator { keys = any }:connect_target { node_address = target.name }:disk(1)
    for _, first in ipairs { { pdu = "R2T", R2TSN = 0, BufferOffset = 56 << 10 },
                             { pdu = "Data-Out", DataSN = 0, BufferOffset = 60 << 10 },
                             { pdu = "Data-In", DataSN = 0, BufferOffset = 60 << 10 } } do
      lab:fault { on = target, when = first, act = "delay", delay = "1ms" }
    end
    disk:write { length = "64K", transfer = "64K" }
    disk:read { length = "64K", transfer = "64K" }

    local strict = lab:initiator { keys = { DataPDUInOrder = "Yes", DataSequenceInOrder = "Yes" } }
    local ordered = strict:connect_target { node_address = target.name }:disk(1)
    lab:fault { on = target, when = { pdu = "Data-In", DataSN = 0, BufferOffset = 0 }, act = "delay", delay = "1ms" }
    ordered:read { length = "64K", transfer = "64K" }
  end,
}
