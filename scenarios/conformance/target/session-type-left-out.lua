-- SPDX-License-Identifier: Apache-2.0
-- RFC 7143 6.3 and 13.21: SessionType may be in the first Login Request; where it is not, the session is a normal one.
return scenario {
  title  = "a login without SessionType is that of a normal session",
  covers = { "R-KEY-044" },
  run = function(lab)
    local target = lab:target { luns = { "1M" } }
    local wire   = lab:wire_initiator {}
    wire:connect { portal = target.portals[1] }
    wire:send { opcode = "Login Request", CSG = 1, ISID = 0x400001370001,
                text = { { "InitiatorName", wire.name }, { "TargetName", target.name } } }
    wire:expect { opcode = "Login Response", Status = 0, T = 0, CSG = 1 }
  end,
}
