-- SPDX-License-Identifier: Apache-2.0
-- The same on the way back, on each kind of PDU that an answer can be.
return scenario {
  title  = "an answer with a wrong header digest costs its connection, and the command is done anew",
  covers = { "R-DIG-006" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" }, keys = { InitialR2T = "Yes", ImmediateData = "No" } }
    local session = lab:initiator {}:connect_target {
      node_address = target.name, header_digest = true,
    }
    local disk = session:disk(1)
    for logins, pdu in ipairs { "R2T", "SCSI Response", "Data-In" } do
      local wrong = lab:fault { on = target, when = { pdu = pdu, nth = 2 }, act = "header_digest" }
      disk:write { length = "64K", transfer = "16K" }
      disk:read { length = "64K", transfer = "16K" }
      lab:equal(wrong.fired, 1, "one header digest of a " .. pdu .. " was wrong")
      lab:equal(session.logins, logins + 1, "the session logged in again")
    end
  end,
}
