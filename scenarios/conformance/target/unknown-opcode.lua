-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "an opcode that is not spoken here is rejected as not supported, and nothing else happens",
  covers = { "R-REJ-004", "R-REJ-016", "R-REJ-017", "R-REJ-018" },
  run = function(lab)
    local target = lab:target { luns = { "1M" }, power_on_attention = false }
    local wire   = lab:wire_initiator {}
    wire:connect { portal = target.portals[1] }
    local final = wire:login { target = target.name }
    local stat_sn = final.StatSN
    for _, opcode in ipairs { 0x07, 0x0f, 0x11, 0x1e, 0x21, 0x3f } do
      wire:send { opcode = opcode, bytes = { [16] = 0xab, [17] = 0xcd } }
      stat_sn = stat_sn + 1
      local reject = wire:expect { opcode = "Reject", Reason = 5, ITT = 0xffffffff, F = 1, StatSN = stat_sn }
      lab:equal(reject.data:byte(1), opcode, "it holds the header, opcode first")
      lab:equal(reject.data:byte(18), 0xcd, "and the rest of it")
    end
    wire:send { opcode = "SCSI Command", cdb = "00" }
    wire:expect { opcode = "SCSI Response", Status = 0, StatSN = stat_sn + 1 }
  end,
}
