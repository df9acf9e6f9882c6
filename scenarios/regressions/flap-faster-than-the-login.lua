-- SPDX-License-Identifier: Apache-2.0
-- Every login is reset, at one of its four PDUs in turn, while the host is told each time to come back at once.
return scenario {
  title    = "writes outlive a link that flaps faster than a login takes, each done once",
  covers   = { "bug:B16" },
  liveness = "180s",
  run = function(lab)
    local target  = lab:target { luns = { "4M" } }
    local host    = lab:initiator { profile = "linux" }
    local session = host:connect_target { node_address = target.name }
    local disk    = session:disk(1)
    lab:link { from = host, to = target, latency = "50ms" }
    local job   = disk:start_write { length = "4M", transfer = "64K", depth = 32 }
    local flaps = {}
    for round = 1, 5 do
      for i, pdu in ipairs { "Login Request", "Login Response" } do
        for _, at in ipairs { "before", "after" } do
          flaps[#flaps + 1] = lab:fault { on = target, when = { pdu = pdu }, act = "rst", at = at, after = flaps[#flaps] }
        end
      end
    end
    lab:fault { on = target, when = { pdu = "SCSI Command", nth = 5 }, act = "rst" }
    job:wait()
    disk:read {}
    lab:equal(flaps[#flaps].fired, 1, "it flapped to the end")
    lab:equal(session.logins, 2, "one login got through")
  end,
}
