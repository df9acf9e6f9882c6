-- SPDX-License-Identifier: Apache-2.0
-- Without SNACK, damaged data cannot come again on the same connection.
return scenario {
  title  = "a Data-In with a wrong data digest is discarded, and its READ is done anew",
  covers = { "R-DIG-011", "R-DIG-012" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" } }
    local session = lab:initiator {}:connect_target { node_address = target.name, data_digest = true }
    local disk    = session:disk(1)
    disk:write { length = "64K" }
    local wrong = lab:fault { on = target, when = { pdu = "Data-In", nth = 5 }, act = "data_digest" }
    disk:read { length = "64K", transfer = "4K", depth = 4 }

    lab:equal(wrong.fired, 1, "one data digest was wrong")
    lab:equal(session.logins, 2, "the session logged in again")
    lab:equal(session.is_data_digest, true, "with its data digest")
  end,
}
