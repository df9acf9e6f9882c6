-- SPDX-License-Identifier: Apache-2.0
-- The target's process dies and its port is closed for a while: each attempt is refused, none is the last.
return scenario {
  title  = "an initiator that is refused goes on trying at its profile's pace",
  covers = { "R-REIN-021" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" } }
    local session = lab:initiator {}:connect_target { node_address = target.name }
    target:kill()
    lab:within("1s", "the session is down", function() return not session.is_connected end)
    lab:sleep("31s")
    target:start()
    lab:within("10s", "the session is back", function() return session.is_connected end)
    session:disk(1):write { length = "64K" }
  end,
}
