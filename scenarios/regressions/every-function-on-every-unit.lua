-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "every function code, known or reserved, on every form of LUN, has an answer, and the target lives on",
  covers = { "bug:B60", "R-TMF-003" },
  run = function(lab)
    local target = lab:target { luns = { "1M", "1M" }, power_on_attention = false }
    local wire   = lab:wire_initiator {}
    local function log_in()
      wire:connect { portal = target.portals[1] }
      wire:login { target = target.name }
    end
    log_in()
    for code = 0, 127 do
      for _, lun in ipairs { 0, 1 << 48, 2 << 48, 0x4001 << 48, 0xc101 << 48, 0xffffffffffffffff } do
        wire:send { opcode = "Task Management Function Request", I = 1, ITT = 7, Function = code, LUN = lun,
                    ReferencedTaskTag = code == 1 and 0x1234 or 0xffffffff, RefCmdSN = code == 1 and wire.cmd_sn or 0 }
        if code == 7 then -- a cold reset ends it all
          wire:expect_close { discard = true }
          log_in()
        else
          local answer = wire:expect {}
          local is_known = code >= 1 and code <= 8
          lab:expect(answer.opcode == "Task Management Function Response" or (answer.opcode == "Reject" and not is_known),
                     code .. " is answered, by " .. answer.opcode .. (answer.Reason or ""))
          lab:expect(is_known or answer.opcode == "Reject" or answer.Response ~= 0, code .. " is not carried out")
        end
      end
    end
    wire:send { opcode = "SCSI Command", ITT = 9, cdb = "00" }
    wire:expect { opcode = "SCSI Response", ITT = 9 }
  end,
}
