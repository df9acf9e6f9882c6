-- SPDX-License-Identifier: Apache-2.0
-- One to four unit attentions, then BUSY and TASK SET FULL, before a command is carried out.
return scenario {
  title  = "unit attentions and refusals in a row cost a disk time, and no command and no session",
  covers = { "bug:B142" },
  run = function(lab)
    for _, profile in ipairs { "windows", "linux" } do
      local target  = lab:target { luns = { "1M", "1M" } }
      local session = lab:initiator { profile = profile }:connect_target { node_address = target.name }
      local disk, other = session:disk(1), session:disk(2)
      for count = 1, 4 do
        for _, act in ipairs { "unit_attention", "busy", "task_set_full" } do
          local times = act == "unit_attention" and count or 5
          local fault = lab:fault { on = target, when = { scsi = "WRITE(16)" }, act = act, times = times }
          disk:write { length = "256K", transfer = "256K" }
          lab:equal(fault.fired, times, act .. " came so often")
          other:write { length = "64K" }
        end
      end
      disk:read { length = "256K" }
      lab:equal(session.logins, 1, "the session stayed")
    end
  end,
}
