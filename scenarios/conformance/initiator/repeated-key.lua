-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "an initiator drops the connection when the target answers a key twice, or with what was not offered",
  covers = { "R-LOGIN-016", "R-LOGIN-018", "R-TEXT-034", "R-TEXT-038" },
  run = function(lab)
    local host = lab:initiator {}
    local wrong = {
      { { "MaxBurstLength", 4096 }, { "MaxBurstLength", 4096 } },
      { { "MaxBurstLength", 16777215 } },
      { { "HeaderDigest", "Y-com.example.none" } },
      { { "ErrorRecoveryLevel", 2 } },
    }
    for _, text in ipairs(wrong) do
      local wire = lab:wire_target {}
      local attempt = host:start_connect_target { node_address = wire.name, portal = wire.portal }
      wire:accept {}
      local first = wire:expect { opcode = "Login Request", CSG = 0, NSG = 1, T = 1 }
      wire:send { opcode = "Login Response", T = 1, CSG = 0, NSG = 1, ISID = first.ISID,
                  text = { { "TargetPortalGroupTag", 1 }, { "AuthMethod", "None" } } }
      wire:expect { opcode = "Login Request", CSG = 1, NSG = 3, T = 1 }
      wire:send { opcode = "Login Response", T = 0, CSG = 1, ISID = first.ISID, text = text }
      wire:expect_close { within = "5s" }
      lab:within("5s", "the attempt has failed", function() return attempt.error ~= nil end)
    end
  end,
}
