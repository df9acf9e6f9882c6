-- SPDX-License-Identifier: Apache-2.0
-- What came is not what was sent: the target says so with a Reject and never writes it; the initiator recovers the session.
return scenario {
  title  = "a Data-Out with a wrong data digest is rejected, and its WRITE is done anew",
  covers = { "R-DIG-007", "R-REJ-001" },
  run = function(lab)
    local target = lab:target {
      luns = { "1M" }, keys = { ImmediateData = "No", MaxRecvDataSegmentLength = 8192 },
    }
    local session = lab:initiator {}:connect_target {
      node_address = target.name, header_digest = true, data_digest = true,
    }
    local disk  = session:disk(1)
    local wrong = lab:fault { on = target, when = { pdu = "Data-Out", nth = 3 }, act = "data_digest" }
    disk:write { length = "64K", transfer = "64K" }
    disk:read { length = "64K" }

    lab:equal(wrong.fired, 1, "one data digest was wrong")
    lab:equal(target:counters().rejects >= 1, true, "the target rejected it")
    lab:equal(session.logins, 2, "the session logged in again")
    lab:equal(target:counters().writes, 1, "the target did the WRITE once to its end")
  end,
}
