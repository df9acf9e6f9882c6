-- SPDX-License-Identifier: Apache-2.0
-- AsyncEvent 1 to 4, each while writes are under way: a requested logout, the drop of a connection and of a session, a request to
-- negotiate. Every one costs a login and no data.
return scenario {
  title  = "a target that asks for a logout, announces drops or wants to negotiate under load loses no write by it",
  covers = { "R-ASYNC-004", "R-ASYNC-008", "R-ASYNC-009", "R-ASYNC-010" },
  run = function(lab)
    local target  = lab:target { luns = { "4M" }, store_latency = "1ms" }
    local session = lab:initiator {}:connect_target { node_address = target.name }
    local disk    = session:disk(1)

    for i, event in ipairs { "logout request", "connection drop", "session drop", "negotiation request" } do
      local job = disk:start_write { transfer = "16K", depth = 4 }
      lab:within("9s", "writes are under way", function() return job.good >= 20 end)
      lab:equal(target:async_message { event = event, time = "5s", time2wait = "1s" }, 1, "one session is told")
      lab:within("9s", event .. ": it has logged in again", function() return session.logins == i + 1 end)
      lab:expect(not job.is_done, "there is more to write")
      job:wait()
      disk:read {}
    end
    lab:equal(target:counters().sessions, 1, "one session is there")
  end,
}
