-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title    = "however long a target was away, its sessions are back within one delay of it",
  covers   = { "bug:B12" },
  liveness = "90s",
  run = function(lab)
    local target  = lab:target { portals = 2, luns = { "1M" } }
    local host    = lab:initiator { profile = "linux" }
    local session = host:connect_target { node_address = target.name }
    local disk = session:disk(1)
    disk:write { length = "64K" }
    target:kill()
    lab:sleep(lab.is_live and "40s" or "6h")
    target:start()
    lab:within("3001ms", "it is back", function() return session.logins == 2 end)
    disk:read { length = "64K" }

    -- A connect that hangs holds up neither another session nor, once it is over, its own.
    local hole = lab:fault { on = host, portal = target.portals[1], when = { connect = true }, act = "no_answer" }
    lab:fault { on = target, when = { pdu = "SCSI Command" }, act = "rst" }
    local job = disk:start_read { length = "64K" }
    lab:within("3s", "the relogin hangs", function() return hole.fired == 1 end)
    local other = host:connect_target { node_address = target.name, portal = target.portals[2] }
    other:disk(1):read { length = "64K" }
    lab:equal(session.logins, 2, "the first one still hangs")
    lab:within("18100ms", "one connect and one delay later it is back", function() return session.logins == 3 end)
    job:wait()
  end,
}
