-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "an initiator that gets anything but a Login Response during login drops the connection",
  covers = { "R-MODEL-008", "R-MODEL-004" },
  run = function(lab)
    local host = lab:initiator {}
    for _, opcode in ipairs { "NOP-In", "Text Response", "SCSI Response", "Reject" } do
      local wire = lab:wire_target {}
      local attempt = host:start_connect_target { node_address = wire.name, portal = wire.portal }
      wire:accept {}
      wire:expect { opcode = "Login Request", I = 1 }
      wire:send { opcode = opcode }
      wire:expect_close { within = "5s" }
      lab:within("5s", "the attempt has failed", function() return attempt.error ~= nil end)
    end
  end,
}
