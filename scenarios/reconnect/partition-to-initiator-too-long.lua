-- SPDX-License-Identifier: Apache-2.0
-- The target does the WRITE; its answer, and the answer to every ping and SYN, are lost. The WRITE is done again later.
return scenario {
  title  = "a WRITE whose answer was lost with its connection is done again, and the data is right",
  covers = { "R-ERL-014", "R-REIN-021" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" } }
    local host    = lab:initiator { profile = "linux" }
    local session = host:connect_target { node_address = target.name }
    local disk    = session:disk(1)

    local link = lab:link { from = target, to = host, partition = "to_initiator" }
    local job  = disk:start_write { length = "4K", transfer = "4K" }
    lab:within("11s", "the ping finds it dead", function() return not session.is_connected end)
    lab:sleep("20s")
    link:set { partition = "none", latency = "2ms" }
    job:wait()

    lab:equal(target:counters().writes, 2, "the target did it twice")
    lab:equal(session.logins, 2, "one login brought the session back")
    disk:read { length = "4K" }
  end,
}
