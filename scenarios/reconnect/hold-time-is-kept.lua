-- SPDX-License-Identifier: Apache-2.0
-- Logins that fail do not buy tasks more time: the hold time counts from the moment at which the connection was lost.
return scenario {
  title = "tasks of a session that cannot come back end with its hold time, however often it tries",
  run = function(lab)
    local target  = lab:target { luns = { "1M" } }
    local host    = lab:initiator {}
    local session = host:connect_target { node_address = target.name }
    local disk    = session:disk(1)
    local refused = lab:fault { on = host, when = { connect = true }, act = "refuse", times = 0 }
    target:kill()
    target:start()
    local job = disk:start_write { length = "64K", may_fail = true }
    lab:within("120s", "the write has ended", function() return job.is_done end)
    lab:equal(job.good, 0, "without success")
    lab:expect(refused.fired >= 2, "the session has tried more than once")
    refused:lift()
    lab:within("60s", "it is back all the same", function() return session.logins == 2 end)
    disk:write {}
  end,
}
