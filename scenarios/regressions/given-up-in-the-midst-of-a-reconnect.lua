-- SPDX-License-Identifier: Apache-2.0
-- Commands wait for a session that is just reconnecting when their owner disconnects, or its machine goes down. The judge of
-- exactly-once watches each of them to the end of the run.
return scenario {
  title  = "commands that are given up during a reconnect end then and there, and never again",
  covers = { "bug:B14" },
  run = function(lab)
    for _, moment in ipairs(lab.is_live and { "1s", "6s" } or { "1s", "2s", "2100ms", "6s", "20s" }) do
      for _, how in ipairs { "disconnect", "kill", "power_cut" } do
        local target  = lab:target { luns = { "1M" } }
        local host    = lab:initiator {}
        local session = host:connect_target { node_address = target.name }
        local disk    = session:disk(1)
        local hole    = lab:fault { on = host, portal = target.portals[1], when = { connect = true }, act = "no_answer", optional = true }
        lab:fault { on = target, when = { pdu = "SCSI Response" }, act = "rst", at = "before" }
        local job = disk:start_write { length = "256K", transfer = "4K", depth = 16, may_fail = true }
        lab:sleep(moment)
        if how == "disconnect" then session:disconnect() else host[how](host) end
        lab:within("10ms", how .. " after " .. moment .. ": all have ended", function() return job.is_done end)
        lab:expect(job.failed > 0, "some of them in vain")
        hole:lift()
        lab:sleep(lab.is_live and "10s" or "1min")
        lab:equal(target:counters().logins, 1, "and nobody comes back for them")
      end
    end
  end,
}
