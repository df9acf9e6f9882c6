-- SPDX-License-Identifier: Apache-2.0
-- RFC 7143 6.2: while the response has C, the requests are empty, and nothing is decided.
return scenario {
  title  = "an initiator asks with empty requests for the rest of a continued Login Response",
  covers = { "R-TEXT-003", "R-TEXT-015" },
  run = function(lab)
    local wire    = lab:wire_target {}
    local attempt = lab:initiator {}:start_connect_target { node_address = wire.name, portal = wire.portal }
    wire:accept {}
    local first = wire:expect { opcode = "Login Request", CSG = 0, NSG = 1, T = 1 }
    local whole = "TargetPortalGroupTag=1\0AuthMethod=None\0"
    for at = 1, #whole - 1 do
      wire:send { opcode = "Login Response", C = 1, CSG = 0, ISID = first.ISID, data = whole:sub(at, at) }
      wire:expect { opcode = "Login Request", CSG = 0, T = 0, data = "", ITT = first.ITT }
    end
    wire:send { opcode = "Login Response", T = 1, CSG = 0, NSG = 1, ISID = first.ISID, data = whole:sub(#whole) }
    local second = wire:expect { opcode = "Login Request", CSG = 1, NSG = 3, T = 1 }
    lab:expect(#second.data > 0, "the operational keys follow")
    wire:close()
    lab:within("5s", "the attempt has failed", function() return attempt.error ~= nil end)
  end,
}
