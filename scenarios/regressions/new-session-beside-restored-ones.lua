-- SPDX-License-Identifier: Apache-2.0
-- The restored sessions cannot log in yet, and still their names are taken.
return scenario {
  title    = "a session that is made after a restart never has the ISID of a restored one",
  covers   = { "bug:B40", "R-ISID-001" },
  liveness = "90s",
  run = function(lab)
    local target = lab:target { luns = { "1M" } }
    local host   = lab:initiator {}
    for i = 1, 3 do
      host:connect_target { node_address = target.name, is_multipath_enabled = true }:register { is_multipath_enabled = true }
    end
    host:power_cut()
    local closed = lab:fault { on = host, portal = target.portals[1], when = { connect = true }, act = "refuse", times = 3 }
    host:start()
    lab:sleep("1s")
    lab:equal(closed.fired, 3, "none of the restored ones got in")
    local fresh = host:connect_target { node_address = target.name, is_multipath_enabled = true }
    lab:within("80s", "the restored ones are up", function() return #host:get_sessions { is_connected = true } == 4 end)

    local seen = {}
    for _, session in ipairs(host:get_sessions {}) do
      lab:expect(not seen[session.initiator_side_identifier], "its ISID is nobody else's")
      seen[session.initiator_side_identifier] = true
      lab:equal(session.logins, 1, "nobody was thrown out")
    end
    fresh:disk(1):write { length = "64K" }
    lab:equal(target:counters().sessions, 4, "four sessions, besides what is left of the three before the restart")
  end,
}
