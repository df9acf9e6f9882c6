-- SPDX-License-Identifier: Apache-2.0
-- A mirror over two targets that die together: its owner lets go of one half only when all commands of the other have ended.
return scenario {
  title    = "of two dead sessions each one's commands end without the other's teardown",
  covers   = { "bug:B48" },
  liveness = "150s",
  run = function(lab)
    local host, halves = lab:initiator { profile = "linux" }, {}
    for i = 1, 2 do
      local target  = lab:target { luns = { "1M" } }
      local session = host:connect_target { node_address = target.name }
      halves[i] = { target = target, session = session, disk = session:disk(1) }
    end
    for _, half in ipairs(halves) do half.job = half.disk:start_write { may_fail = true } end
    for _, half in ipairs(halves) do half.target:power_cut() end
    lab:within("140s", "the second half's commands end", function() return halves[2].job.is_done end)
    halves[1].session:disconnect()
    lab:within("1s", "the first half's do, too", function() return halves[1].job.is_done end)
    lab:equal(#host:get_sessions {}, 1, "the first session is gone")
    halves[2].session:disconnect()
    lab:equal(#host:get_sessions {}, 0, "and the second")

    -- The same at a shutdown, in the midst of a reconnect.
    halves[1].target:start()
    local session = host:connect_target { node_address = halves[1].target.name }
    local disk    = session:disk(1)
    halves[1].target:kill()
    local job = disk:start_write { length = "64K", may_fail = true }
    lab:sleep("3s")
    host:kill()
    lab:expect(job.is_done, "what waited for it has ended")
  end,
}
