-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "portals that send each other's initiators on are given up after a bounded number of hops",
  covers = { "R-REDIR-007" },
  run = function(lab)
    local target = lab:target { portals = 2 }
    local a, b   = target.portals[1], target.portals[2]
    local host   = lab:initiator {}
    target:redirect { portal = a, to = b, permanent = true }
    target:redirect { portal = b, to = a }

    local ok, why = pcall(host.connect_target, host, { node_address = target.name, portal = a })
    lab:expect(not ok, "nobody arrived")
    lab:expect(tostring(why):find("after at most 8 redirections", 1, true) ~= nil, "and it says why: " .. tostring(why))
    lab:check("R-REDIR-007", target:counters().logins_refused == 9, "the first login and eight hops")

    -- A session that is up and falls into the loop later gets out of it when the loop ends.
    target:redirect_off()
    local session = host:connect_target { node_address = target.name, portal = a }
    local disk    = session:disk(1)
    target:redirect { portal = a, to = b }
    target:redirect { portal = b, to = a }
    lab:fault { on = target, portal = a, when = { pdu = "SCSI Command" }, act = "rst" }
    local job = disk:start_write { length = "1M" }
    lab:sleep("3s")
    lab:equal(session.is_connected, false, "it goes round")
    target:redirect_off()
    job:wait()
    lab:equal(session.portal, a, "a loop moves nobody for good")
  end,
}
