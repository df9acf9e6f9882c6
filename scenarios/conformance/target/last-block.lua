-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title = "the last block can be read and written, and no block behind it",
  run = function(lab)
    local target = lab:target { luns = { "1M" }, power_on_attention = false }
    local wire   = lab:wire_initiator {}
    wire:connect { portal = target.portals[1] }
    wire:login { target = target.name }
    local function read(lba, blocks)
      wire:send { opcode = "SCSI Command", R = 1, ExpectedDataTransferLength = 512 * blocks,
                  cdb = string.format("28 00 %08x 00 %04x", lba, blocks) }
    end
    read(2047, 1)
    wire:expect { opcode = "Data-In", S = 1, Status = 0, DataSegmentLength = 512 }
    for _, range in ipairs { { 2048, 1 }, { 2047, 2 }, { 0xffffffff, 1 }, { 0, 2049 } } do
      read(range[1], range[2])
      local refused = wire:expect { opcode = "SCSI Response", Status = 2, U = 1 }
      lab:equal(refused.data:byte(5) & 0x0f, 0x05, "the sense key is ILLEGAL REQUEST")
      lab:equal(refused.data:byte(15) << 8 | refused.data:byte(16), 0x2100, "for its address")
    end
  end,
}
