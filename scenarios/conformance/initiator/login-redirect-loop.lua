-- SPDX-License-Identifier: Apache-2.0
-- Two portals that each send the initiator to the other: whatever it makes of that, it comes to an end.
return scenario {
  title  = "an initiator that is sent in circles gives up, and says so",
  covers = { "R-LOGIN-063" },
  run = function(lab)
    local here    = lab:wire_target { name = "iqn.2026-01.example:circle" }
    local there   = lab:wire_target { name = "iqn.2026-01.example:circle" }
    local attempt = lab:initiator {}:start_connect_target { node_address = here.name, portal = here.portal }
    local asked, to = here, there
    asked:accept {}
    for _ = 1, 100 do
      local request = asked:expect { opcode = "Login Request" }
      asked:send { opcode = "Login Response", Status = 0x0101, ISID = request.ISID,
                   text = { { "TargetAddress", to.portal } } }
      asked:expect_close { within = "5s" }
      lab:sleep("1s")
      if attempt.is_done then break end
      asked, to = to, asked
      asked:accept { within = "30s" }
    end
    lab:expect(attempt.error ~= nil, "the attempt has failed")
  end,
}
