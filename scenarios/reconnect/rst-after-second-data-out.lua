-- SPDX-License-Identifier: Apache-2.0
-- The connection dies in the midst of a WRITE. The initiator logs in again and sends the command once more.
return scenario {
  title  = "a WRITE that a reset cut in two is done again, once",
  covers = { "R-MODEL-001" },
  run = function(lab)
    local target = lab:target { luns = { "1M" }, keys = { MaxRecvDataSegmentLength = 8192 } }
    local session = lab:initiator {}:connect_target { node_address = target.name }
    local disk = session:disk(1)
    disk:write { length = "64K" }

    local cut = lab:fault { on = target, when = { pdu = "Data-Out", nth = 2 }, act = "rst" }
    disk:write { length = "64K" }
    disk:read { length = "64K" }

    lab:equal(cut.fired, 1, "the connection was reset once")
    lab:equal(session.logins, 2, "the session logged in again")
    lab:equal(target:counters().writes, 2, "the target did each WRITE once to its end")
  end,
}
