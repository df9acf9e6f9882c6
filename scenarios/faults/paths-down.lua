-- SPDX-License-Identifier: Apache-2.0
-- The network goes three times (twice in real time), for twelve seconds each: connections fall silent, connects get no answer.
return scenario {
  title    = "a path that flaps is used again each time that it is there",
  liveness = "120s",
  run = function(lab)
    local target  = lab:target { luns = { "1M" }, keys = { MaxRecvDataSegmentLength = 8192 } }
    local session = lab:initiator { profile = "linux" }:connect_target { node_address = target.name }
    local disk    = session:disk(1)
    local flaps = lab.is_live and 2 or 3
    local flap = lab:fault { on = target, when = { time = "2s", every = "20s" }, act = "path_down", lasts = "12s", times = flaps }
    for _ = 1, 4 * flaps do
      disk:write { length = "256K" }
      lab:sleep("5s")
    end
    disk:read { length = "256K" }
    lab:equal(flap.fired, flaps, "it was down each time")
    lab:expect(session.logins >= 2, "the ping found the connection dead")

    local deaf = lab:fault { on = target, when = { pdu = "SCSI Response" }, act = "black_hole", one_way = true,
                             direction = "to_initiator", lasts = "20s" }
    local logins = session.logins
    disk:write { length = "256K" }
    lab:sleep("21s")
    disk:read { length = "256K" }
    lab:equal(deaf.fired, 1, "one direction was cut")
    lab:expect(session.logins > logins, "which is as good as both")
  end,
}
