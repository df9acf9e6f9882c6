-- SPDX-License-Identifier: Apache-2.0
-- RFC 7143 6.3.5: the old session ends when the new login has succeeded. Until then it may be a stranger who asks.
return scenario {
  title  = "a login that breaks off half way has changed nothing, whoever's name it used",
  covers = { "R-REIN-009" },
  run = function(lab)
    local target = lab:target { luns = { "1M" }, power_on_attention = false }
    local first  = lab:wire_initiator {}
    first:connect { portal = target.portals[1] }
    first:login { target = target.name }
    for _, stage in ipairs { 0, 1 } do
      local second = lab:wire_initiator {}
      second:connect { portal = target.portals[1] }
      second:send { opcode = "Login Request", I = 1, T = 0, CSG = stage, ISID = 0x400001370001, text = {
        { "InitiatorName", first.name }, { "TargetName", target.name }, { "SessionType", "Normal" } } }
      second:expect { opcode = "Login Response", Status = 0, T = 0 }
      second:reset()
      first:send { opcode = "SCSI Command", ITT = 5, cdb = "00" }
      first:expect { opcode = "SCSI Response", ITT = 5, Status = 0 }
    end
    lab:equal(target:counters().reinstatements, 0, "no session was reinstated")
  end,
}
