-- SPDX-License-Identifier: Apache-2.0
-- RFC 7143 6.2: with C a request goes on in the next PDU, and a pair may be cut at any byte.
return scenario {
  title  = "the text of a Login Request may be cut at every byte, and is answered when it is whole",
  covers = { "R-TEXT-003", "R-TEXT-014", "R-LOGIN-060" },
  run = function(lab)
    local target = lab:target { luns = { "1M" } }
    local whole = "InitiatorName=iqn.2026-01.example:me\0TargetName=" .. target.name .. "\0SessionType=Normal\0MaxBurstLength=131072\0"
    for cut = 1, #whole - 1 do
      local wire = lab:wire_initiator {}
      wire:connect { portal = target.portals[1] }
      wire:send { opcode = "Login Request", C = 1, CSG = 1, ISID = 0x400001370001, data = whole:sub(1, cut) }
      wire:expect { opcode = "Login Response", Status = 0, T = 0, C = 0, data = "" }
      wire:send { opcode = "Login Request", T = 1, CSG = 1, NSG = 3, ISID = 0x400001370001, data = whole:sub(cut + 1) }
      wire:expect { opcode = "Login Response", Status = 0, T = 1, NSG = 3, text = { { "MaxBurstLength", 131072 } } }
      wire:send { opcode = "Logout Request", I = 1 }
      wire:expect { opcode = "Logout Response", Response = 0 }
      wire:expect_close { within = "5s" }
    end
  end,
}
