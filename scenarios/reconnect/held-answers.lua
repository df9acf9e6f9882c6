-- SPDX-License-Identifier: Apache-2.0
-- A device between keeps everything that goes to the initiator, for longer than its patience, and then lets it all go: answers
-- of a connection that the initiator has given up.
return scenario {
  title  = "answers that a device held too long do not disturb the connection that came after",
  covers = { "R-ERL-014", "R-REIN-021" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" } }
    local host    = lab:initiator { profile = "linux" }
    local session = host:connect_target { node_address = target.name }
    local disk    = session:disk(1)

    local link = lab:link { from = host, to = target, hold = "to_initiator" }
    local job  = disk:start_write { length = "64K", transfer = "4K", depth = 4 }
    lab:within("11s", "the ping finds it dead", function() return not session.is_connected end)
    lab:sleep("5s")
    link:heal()
    job:wait()
    disk:read { length = "64K" }
    lab:equal(session.logins, 2, "one login brought it back")
  end,
}
