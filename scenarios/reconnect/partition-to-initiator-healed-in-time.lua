-- SPDX-License-Identifier: Apache-2.0
-- The command reaches the target and is done; the answer is lost for a while, and TCP sends it again.
return scenario {
  title  = "an answer that a one-way partition kept back completes its WRITE once",
  covers = { "R-ERL-015" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" } }
    local host    = lab:initiator {}
    local session = host:connect_target { node_address = target.name }
    local disk    = session:disk(1)

    local link = lab:link { from = host, to = target, partition = "to_initiator" }
    local job  = disk:start_write { length = "4K", transfer = "4K" }
    lab:sleep("2s")
    lab:equal(target:counters().writes, 1, "the target has done the WRITE")
    lab:expect(not job.is_done, "and the initiator does not know")
    link:heal()
    job:wait()

    lab:equal(target:counters().writes, 1, "it was not sent again")
    lab:equal(session.logins, 1, "the connection lived on")
    disk:read { length = "4K" }
  end,
}
