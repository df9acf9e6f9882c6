-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "a flood of asynchronous messages is taken note of message by message, and disturbs no command",
  covers = { "bug:B86", "R-ASYNC-002" },
  run = function(lab)
    local target  = lab:target { luns = { "4M" } }
    local session = lab:initiator {}:connect_target { node_address = target.name }
    local disk    = session:disk(1)
    for _, count in ipairs { 1, 31, 32, 33, 1000 } do
      for _, event in ipairs { { event = "SCSI event" }, { code = 255 } } do
        event.times = count
        local job = disk:start_write { transfer = "64K" }
        lab:equal(target:async_message(event), count, "so many were sent")
        job:wait()
      end
    end
    disk:read {}
    lab:equal(session.logins, 1, "the session stayed")

    -- Requests to leave come in a flood, too, and are one request.
    target:async_message { event = "logout request", times = 1000 }
    lab:within("5s", "it is logged in again", function() return session.logins == 2 end)
    lab:sleep("1min")
    lab:equal(session.logins, 2, "once")
    disk:read {}
  end,
}
