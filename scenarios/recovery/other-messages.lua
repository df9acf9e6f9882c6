-- SPDX-License-Identifier: Apache-2.0
-- Field bug B86: a burst of events stopped an initiator for good.
return scenario {
  title  = "SCSI events, vendor events and unknown ones are taken by the thousand; a negotiation request is honoured",
  covers = { "R-ASYNC-001", "R-ASYNC-002", "R-ASYNC-010", "R-ASYNC-013", "R-ASYNC-015" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" } }
    local session = lab:initiator {}:connect_target { node_address = target.name }
    local disk    = session:disk(1)

    lab:excuse "async-event" -- code 6 is nobody's
    lab:excuse "async-fast-abort" -- a task termination that was never agreed on
    local job = disk:start_write { length = "512K" }
    for _, times in ipairs { 1, 31, 32, 33, 1000 } do
      target:async_message { event = "SCSI event", times = times }
      target:async_message { code = 6, times = times }
      target:async_message { code = 250, times = times }
    end
    target:async_message { event = "task termination" }
    job:wait()
    disk:read { length = "512K" }
    lab:equal(session.logins, 1, "nothing of this costs the session")

    target:async_message { event = "negotiation request", time = "4s" }
    lab:within("4s", "it logs in, and so negotiates", function() return session.logins == 2 end)
    disk:read { length = "512K" }
  end,
}
