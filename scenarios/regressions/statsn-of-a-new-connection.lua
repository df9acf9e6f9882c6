-- SPDX-License-Identifier: Apache-2.0
-- The target's first StatSN is drawn anew for each connection: far above the old one, far below it, and beside the wrap.
return scenario {
  title    = "whatever StatSN a new connection begins with is the one that counts",
  covers   = { "bug:B66" },
  liveness = "60s",
  run = function(lab)
    local wire    = lab:wire_target {}
    local attempt = lab:initiator {}:start_connect_target { node_address = wire.name, portal = wire.portal }
    local sn      = 5000
    local function log_in(tsih)
      wire:accept {}
      for stage = 0, 1 do
        local request = wire:expect { opcode = "Login Request", CSG = stage }
        local text    = { { "AuthMethod", "None" } }
        if stage == 1 then -- the first of whatever it offers is agreed to
          text = {}
          for key, value in pairs(request.text) do text[#text + 1] = { key, value:match("^[^,]+") } end
        end
        wire:send { opcode = "Login Response", ISID = request.ISID, T = 1, CSG = stage, NSG = 1 + 2 * stage, TSIH = stage * tsih,
                    StatSN = sn, ExpCmdSN = request.CmdSN, MaxCmdSN = request.CmdSN + 31 & 0xffffffff, text = text }
        sn = sn + 1 & 0xffffffff
      end
    end
    log_in(1)
    local session = attempt:wait()
    for round, first in ipairs { 4000, 0xffffffff, 0, 0x80000000, 0x7fffffff, 1 } do
      local command = session:start_command { cdb = "00" }
      wire:expect { opcode = "SCSI Command", ExpStatSN = sn }
      wire:send { opcode = "SCSI Response", Status = 0, StatSN = sn }
      lab:equal(command:wait(), "GOOD", "its status counts")
      wire:reset()
      sn = first
      log_in(round + 1)
      lab:within("1s", "it is up again", function() return session.logins == round + 1 end)
    end
  end,
}
