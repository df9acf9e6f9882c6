-- SPDX-License-Identifier: Apache-2.0
-- Two faults in one recovery: the login that was to mend the first reset is reset itself.
return scenario {
  title  = "a second reset in the midst of the relogin costs one more attempt, and no data",
  covers = { "R-MODEL-001" },
  run = function(lab)
    local target = lab:target { luns = { "1M" }, keys = { MaxRecvDataSegmentLength = 8192 } }
    local session = lab:initiator {}:connect_target { node_address = target.name }
    local disk = session:disk(1)

    local first = lab:fault { on = target, when = { pdu = "Data-Out", nth = 2 }, act = "rst" }
    local second = lab:fault { on = target, after = first, when = { pdu = "Login Request" }, act = "rst" }
    disk:write { length = "64K" }
    disk:read { length = "64K" }

    lab:equal(second.fired, 1, "the relogin was reset")
    lab:equal(session.logins, 2, "the third attempt brought the session back")
  end,
}
