-- SPDX-License-Identifier: Apache-2.0
-- What the initiator sends is lost for four seconds, and TCP sends it again: nobody above TCP hears of it.
return scenario {
  title  = "a one-way partition to the target that heals in time costs time and nothing else",
  covers = { "R-ERL-015" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" } }
    local host    = lab:initiator {}
    local session = host:connect_target { node_address = target.name }
    local disk    = session:disk(1)

    local link  = lab:link { from = host, to = target, partition = "to_target" }
    local start = lab.now
    local job   = disk:start_write { length = "64K", transfer = "64K" }
    lab:sleep("4s")
    lab:equal(target:counters().writes, 0, "nothing reached the target")
    link:heal()
    job:wait()

    lab:expect(lab.now - start > 6200000000, "TCP sent again after 0.2, 0.6, 1.4, 3 and 6.2 s")
    lab:equal(session.logins, 1, "the connection lived on")
    disk:read { length = "64K" }
  end,
}
