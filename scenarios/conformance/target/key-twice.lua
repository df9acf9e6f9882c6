-- SPDX-License-Identifier: Apache-2.0
-- RFC 7143 6.3: in one login each key is negotiated once, be it in one PDU, in the next, or in the next stage.
return scenario {
  title  = "a key that is offered a second time ends the login with an initiator error",
  covers = { "R-LOGIN-016", "R-LOGIN-017", "R-TEXT-024" },
  run = function(lab)
    local target = lab:target { luns = { "1M" } }
    local names = function(wire)
      return { { "InitiatorName", wire.name }, { "TargetName", target.name }, { "SessionType", "Normal" } }
    end

    local same = lab:wire_initiator {}
    same:connect { portal = target.portals[1] }
    local text = names(same)
    text[4], text[5] = { "MaxBurstLength", 65536 }, { "MaxBurstLength", 65536 }
    same:send { opcode = "Login Request", CSG = 1, ISID = 0x400001370001, text = text }
    same:expect { opcode = "Login Response", Status = 0x0200 }
    same:expect_close { within = "5s" }

    local later = lab:wire_initiator {}
    later:connect { portal = target.portals[1] }
    text = names(later)
    text[4] = { "MaxBurstLength", 65536 }
    later:send { opcode = "Login Request", CSG = 1, ISID = 0x400001370001, text = text }
    later:expect { opcode = "Login Response", Status = 0, text = { { "MaxBurstLength", 65536 } } }
    later:send { opcode = "Login Request", T = 1, CSG = 1, NSG = 3, ISID = 0x400001370001,
                 text = { { "MaxBurstLength", 4096 } } }
    later:expect { opcode = "Login Response", Status = 0x0200 }
    later:expect_close { within = "5s" }
  end,
}
