-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "the answer to a target's ping has its tag and its LUN; without a tag there is none",
  covers = { "bug:B30", "R-NOP-009" },
  run = function(lab)
    local wire    = lab:wire_target {}
    local attempt = lab:initiator {}:start_connect_target { node_address = wire.name, portal = wire.portal }
    wire:accept {}
    wire:login {}
    local session = attempt:wait()
    for n, lun in ipairs { 0, 5 << 48, 0x4105 << 48, 0xffff << 48 } do
      wire:send { opcode = "NOP-In", ITT = 0xffffffff, TTT = n, LUN = lun }
      wire:expect { opcode = "NOP-Out", I = 1, ITT = 0xffffffff, TTT = n, LUN = lun, DataSegmentLength = 0 }
    end
    wire:send { opcode = "NOP-In", ITT = 0xffffffff, TTT = 0xffffffff }
    wire:expect_silence { lasting = "30s" }
    lab:equal(session.logins, 1, "and the session stayed")
  end,
}
