-- SPDX-License-Identifier: Apache-2.0
-- Nothing passes any more, and nobody says so: the linux profile finds out by its ping.
return scenario {
  title  = "a connection that falls silent is found dead by a ping, and replaced",
  covers = { "R-ERL-014", "R-REIN-021" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" }, keys = { MaxRecvDataSegmentLength = 8192 } }
    local session = lab:initiator { profile = "linux" }:connect_target { node_address = target.name }
    local disk    = session:disk(1)

    local hole = lab:fault { on = target, when = { pdu = "R2T" }, act = "black_hole", at = "before" }
    local job  = disk:start_write { length = "512K", transfer = "512K" }
    lab:within("15s", "the session is back", function() return session.logins == 2 end)
    hole:lift()
    job:wait()
    disk:read { length = "512K" }
  end,
}
