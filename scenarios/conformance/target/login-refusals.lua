-- SPDX-License-Identifier: Apache-2.0
-- Each way in which the first request can be wrong has a status of its own (RFC 7143 11.13.5), and ends the connection.
return scenario {
  title  = "a login that cannot be is refused with the status that says why",
  covers = { "R-LOGIN-055", "R-LOGIN-068", "R-LOGIN-071", "R-LOGIN-073", "R-LOGIN-019", "R-LOGIN-074", "R-LOGIN-063" },
  run = function(lab)
    local target = lab:target { luns = { "1M" } }
    local function refused(status, fields, ...)
      local wire = lab:wire_initiator {}
      wire:connect { portal = target.portals[1] }
      local request = { opcode = "Login Request", T = 1, CSG = 1, NSG = 3, ISID = 0x400001370001, text = { ... } }
      for name, value in pairs(fields) do request[name] = value end
      wire:send(request)
      wire:expect { opcode = "Login Response", Status = status }
      wire:expect_close { within = "5s" }
    end
    local me, you = { "InitiatorName", "iqn.2026-01.example:me" }, { "TargetName", target.name }
    local normal = { "SessionType", "Normal" }
    refused(0x0205, { ["Version-min"] = 0x7f, ["Version-max"] = 0x7f }, me, you, normal)
    refused(0x0203, {}, me, { "TargetName", "iqn.2026-01.example:nobody" }, normal)
    refused(0x0207, {}, you, normal)
    refused(0x0207, {}, me, normal)
    refused(0x0209, {}, me, you, { "SessionType", "Strange" })
    refused(0x020a, { TSIH = 0xbeef }, me, you, normal)
    if target.is_embedded then lab:equal(target:counters().logins_refused, 6, "each was refused") end
    if target.is_embedded then lab:equal(target:counters().sessions, 0, "no session came about") end
  end,
}
