-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "BUSY, TASK SET FULL and UNIT ATTENTION are waited out, under either profile",
  covers = { "R-MODEL-022" },
  run = function(lab)
    for _, profile in ipairs { "windows", "linux" } do
      local target  = lab:target { luns = { "1M" } }
      local session = lab:initiator { profile = profile }:connect_target { node_address = target.name }
      local disk    = session:disk(1)
      for _, act in ipairs { "busy", "task_set_full", "unit_attention" } do
        local fault = lab:fault { on = target, when = { scsi = "any" }, act = act, times = 5 }
        disk:write { length = "256K" }
        lab:equal(fault.fired, 5, act .. " was answered five times")
      end
      disk:read { length = "256K" }
      lab:equal(session.logins, 1, "one login")
    end
  end,
}
