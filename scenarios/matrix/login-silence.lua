-- SPDX-License-Identifier: Apache-2.0
-- A relogin that is broken itself, at each of its four PDUs: black_hole before it.
return scenario {
  title  = "a login that falls silent is given up in the profile's time, and done again",
  covers = { "R-MODEL-001" },
  run = function(lab)
    local target = lab:target { luns = { "1M" } }
    local session = lab:initiator { profile = "linux" }:connect_target { node_address = target.name }
    local disk, logins = session:disk(1), 1

    for _, pdu in ipairs { "Login Request", "Login Response" } do
      for stage = 0, 1 do
        local first = lab:fault { on = target, when = { pdu = "SCSI Command" }, act = "rst" }
        local fault = lab:fault { on = target, after = first, when = { pdu = pdu, CSG = stage }, act = "black_hole", at = "before" }
        local job = disk:start_write { length = "64K" }
        lab:within("90s", pdu .. " of stage " .. stage .. ": the session is back", function()
          return fault.fired == 1 and session.logins > logins and session.is_connected
        end)
        fault:lift()
        job:wait()
        logins = session.logins
        disk:read { length = "64K" }
      end
    end
  end,
}
