-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "after an announced drop the initiator waits as it was told, and no longer",
  covers = { "R-ASYNC-008", "R-ASYNC-009", "R-ERL-012", "R-TIMER-004" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" } }
    local session = lab:initiator {}:connect_target { node_address = target.name }
    local disk    = session:disk(1)

    for i, event in ipairs { "connection drop", "session drop" } do
      local job = disk:start_write { length = "512K" }
      target:async_message { event = event, time2wait = "7s", time2retain = "20s" }
      lab:sleep("6s")
      lab:equal(session.logins, i, "not before Time2Wait")
      lab:within("2s", "it is back", function() return session.logins == i + 1 end)
      job:wait()
    end
    disk:read { length = "512K" }
  end,
}
