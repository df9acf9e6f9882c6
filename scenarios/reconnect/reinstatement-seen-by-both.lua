-- SPDX-License-Identifier: Apache-2.0
-- Nothing passes on the connection any more, and only the initiator notices. Its new login has the old ISID and TSIH 0.
return scenario {
  title  = "session reinstatement ends the old instance at the target and goes on under the old ISID",
  covers = { "R-REIN-008", "R-REIN-009", "R-ISID-004" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" }, tsihs = { 0x1234, 0x5678 } }
    local host    = lab:initiator { profile = "linux" }
    local session = host:connect_target { node_address = target.name }
    local disk    = session:disk(1)
    local isid    = session.initiator_side_identifier
    disk:write {}
    lab:equal(session.target_side_identifier, "3412", "the first TSIH")

    local hole = lab:fault { on = target, when = { pdu = "SCSI Command" }, act = "black_hole", at = "before" }
    local job  = disk:start_write {}
    lab:within("11s", "the ping finds it dead", function() return not session.is_connected end)
    lab:equal(target:counters().connections, 1, "to the target its connection is well")
    lab:within("9s", "it is back", function() return session.is_connected end)
    lab:check("R-ISID-004", session.initiator_side_identifier == isid, "the same ISID")
    lab:equal(session.target_side_identifier, "7856", "another TSIH")
    lab:check("R-REIN-009", target:counters().reinstatements == 1, "the target saw a reinstatement")
    lab:equal(target:counters().sessions, 1, "and has one session")
    lab:equal(target:counters().connections, 1, "and one connection")
    hole:lift()
    job:wait()
    disk:read {}
  end,
}
