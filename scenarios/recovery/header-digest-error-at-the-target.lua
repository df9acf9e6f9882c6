-- SPDX-License-Identifier: Apache-2.0
-- A header that cannot be believed has no length: nobody knows where the next PDU begins. The target drops the connection.
return scenario {
  title  = "a command with a wrong header digest costs its connection, and is done anew",
  covers = { "R-DIG-006" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" } }
    local session = lab:initiator {}:connect_target {
      node_address = target.name, header_digest = true, data_digest = true,
    }
    local disk  = session:disk(1)
    local wrong = lab:fault { on = target, when = { pdu = "SCSI Command", nth = 2 }, act = "header_digest" }
    disk:write { length = "64K", transfer = "4K", depth = 1 } -- so that no status is lost with the connection
    disk:read { length = "64K", transfer = "4K" }

    lab:equal(wrong.fired, 1, "one header digest was wrong")
    lab:equal(session.logins, 2, "the session logged in again")
    lab:equal(session.is_header_digest, true, "with its header digest")
    lab:equal(target:counters().writes, 16, "the target did each WRITE once")
    lab:equal(target:counters().rejects, 0, "it answered nothing to a header that it could not believe")
  end,
}
