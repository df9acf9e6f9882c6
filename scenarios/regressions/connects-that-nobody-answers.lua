-- SPDX-License-Identifier: Apache-2.0
-- Nothing answers a SYN. A loop that polls instead of waiting would run into the world's bound on events.
return scenario {
  title  = "while connects get no answer the initiator waits, tries at its pace, and tells each caller once",
  covers = { "bug:B06" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" } }
    local host    = lab:initiator { profile = "linux" }
    local session = host:connect_target { node_address = target.name }
    local disk    = session:disk(1)
    local hole    = lab:fault { on = host, portal = target.portals[1], when = { connect = true }, act = "no_answer", times = 0 }
    lab:fault { on = target, when = { pdu = "SCSI Command" }, act = "rst" }
    local job = disk:start_write { length = "64K", may_fail = true }
    lab:sleep("62s")
    lab:equal(hole.fired, 4, "after 2 s, then every 15 s for the connect and 3 s of delay")
    lab:equal(session.logins, 1, "nobody logged in")

    local ok, why = pcall(host.discover, host, { portal = target.portals[1] })
    lab:expect(not ok, "a discovery ends with an error: " .. tostring(why))
    local attempt = host:start_connect_target { node_address = target.name, portal = target.portals[1],
                                                is_multipath_enabled = true, discover = false }
    lab:within("16s", "a connect ends", function() return attempt.is_done end)
    lab:expect(attempt.error ~= nil, "with an error")
    lab:equal(#host:get_sessions {}, 1, "and leaves nothing that goes on trying")

    hole:lift()
    lab:within("20s", "the session is back", function() return session.logins == 2 end)
    job:wait()
    disk:write { length = "64K" }
  end,
}
