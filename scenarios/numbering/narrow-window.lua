-- SPDX-License-Identifier: Apache-2.0
-- A target that takes one command, or three, at once: the window closes with each and opens with its answer.
return scenario {
  title  = "a window that closes and reopens holds commands back, and loses none",
  covers = { "R-NUM-003" },
  run = function(lab)
    for _, depth in ipairs { 1, 2, 3, 7 } do
      local target = lab:target { luns = { "1M" }, queue_depth = depth,
                                  keys = { MaxRecvDataSegmentLength = 4096, FirstBurstLength = 4096, InitialR2T = "Yes" } }
      local session = lab:initiator {}:connect_target { node_address = target.name }
      local disk = session:disk(1)
      disk:write { transfer = "16K", depth = 32 }
      disk:read { transfer = "16K", depth = 32 }
      lab:equal(session.logins, 1, "one login did with a window of " .. depth)
      lab:equal(target:counters().rejects, 0, "nothing was rejected")
    end
  end,
}
