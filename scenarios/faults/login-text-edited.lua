-- SPDX-License-Identifier: Apache-2.0
-- Keys that are missing, repeated, changed or strange: one end or the other notices, and the next login is as if nothing had been.
return scenario {
  title  = "a login whose keys were tampered with fails, and the next one succeeds",
  covers = { "R-LOGIN-016", "R-LOGIN-018", "R-LOGIN-071", "R-TEXT-019" },
  run = function(lab)
    local edits = {
      { pdu = "Login Request", act = "drop_key", key = "InitiatorName" },
      { pdu = "Login Request", act = "drop_key", key = "TargetName" },
      { pdu = "Login Request", act = "repeat_key", key = "MaxBurstLength" },
      { pdu = "Login Request", act = "replace_value", key = "MaxBurstLength", value = ("9"):rep(300) },
      { pdu = "Login Request", act = "replace_value", key = "TargetName", value = "iqn.2026-01.example:elsewhere" },
      { pdu = "Login Response", act = "repeat_key", key = "MaxBurstLength" },
      { pdu = "Login Response", act = "drop_key", key = "MaxBurstLength" },
      { pdu = "Login Response", act = "replace_value", key = "MaxBurstLength", value = "16777215" },
      { pdu = "Login Request", act = "add_key", key = "X-org.example.strange", value = "yes" },
    }
    for _, edit in ipairs(edits) do
      local target = lab:target { luns = { "1M" } }
      local host   = lab:initiator {}
      edit.on, edit.when, edit.pdu = target, { pdu = edit.pdu }, nil
      local fault = lab:fault(edit)
      local attempt = host:start_connect_target { node_address = target.name }
      lab:within("40s", "the attempt ends", function() return attempt.is_done end)
      lab:equal(fault.fired, 1, edit.act .. " of " .. edit.key .. " fired")
      lab:expect(attempt.error ~= nil, edit.act .. " of " .. edit.key .. " is noticed")
      local session = host:connect_target { node_address = target.name }
      session:disk(1):write { length = "64K" }
    end
  end,
}
