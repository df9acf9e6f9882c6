-- SPDX-License-Identifier: Apache-2.0
-- RFC 7143 4.2.4: a connection begins with a Login Request, or it ends at once and without a word.
return scenario {
  title  = "a connection whose first PDU is no Login Request is closed without an answer",
  covers = { "R-MODEL-006" },
  run = function(lab)
    local target = lab:target { luns = { "1M" } }
    for _, opcode in ipairs { "NOP-Out", "SCSI Command", "Text Request", "Logout Request", 0x1d } do
      local wire = lab:wire_initiator {}
      wire:connect { portal = target.portals[1] }
      wire:send { opcode = opcode }
      wire:expect_close { within = "5s" }
    end
    if target.is_embedded then lab:equal(target:counters().logins_refused, 0, "no Login Response went out") end
  end,
}
