-- SPDX-License-Identifier: Apache-2.0
-- What the initiator sends is lost for half a minute: its ping goes unanswered, and so does every connect after that.
return scenario {
  title  = "a one-way partition to the target that outlasts the ping costs the connection and no data",
  covers = { "R-ERL-014", "R-REIN-021" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" } }
    local host    = lab:initiator { profile = "linux" }
    local session = host:connect_target { node_address = target.name }
    local disk    = session:disk(1)
    disk:write { length = "64K" }

    local link = lab:link { from = host, to = target, partition = "to_target" }
    local job  = disk:start_write { length = "64K", transfer = "64K" }
    lab:within("11s", "the ping finds it dead", function() return not session.is_connected end)
    lab:sleep("20s")
    lab:expect(not session.is_connected, "no login can get through")
    link:heal()
    job:wait()
    disk:read { length = "64K" }
    lab:equal(session.logins, 2, "one login brought it back")
  end,
}
