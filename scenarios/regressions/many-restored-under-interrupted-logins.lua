-- SPDX-License-Identifier: Apache-2.0
-- 64 sessions over two portals are restored together, and for two minutes hardly a login gets through: some connects hang, some
-- logins are refused for lack of room, some are reset in the midst.
return scenario {
  title    = "of many sessions restored at once each one comes up, however often its logins are interrupted",
  covers   = { "bug:B24" },
  liveness = "120s",
  run = function(lab)
    local target = lab:target { portals = 2 }
    local host   = lab:initiator { reconnect_jitter = "2s" }
    for i = 1, 64 do
      host:connect_target { node_address = target.name, portal = target.portals[i % 2 + 1], is_multipath_enabled = true }
        :register { is_multipath_enabled = true }
    end
    host:power_cut()
    local storm = {
      lab:fault { on = host, when = { connect = true, chance_ppm = 500000 }, act = "no_answer", times = 0 },
      lab:fault { on = target, when = { pdu = "Login Request", chance_ppm = 600000 }, act = "login_status", status = 0x0302, times = 0 },
      lab:fault { on = target, when = { pdu = "Login Response", chance_ppm = 600000 }, act = "rst", at = "before", times = 0 },
    }
    host:start()
    lab:sleep(lab.is_live and "70s" or "2min")
    local early = #host:get_sessions { is_connected = true }
    lab:expect(early > 0 and early < 64, "some are up, some are not: " .. early)
    for _, fault in ipairs(storm) do
      lab:expect(fault.fired > (lab.is_live and 0 or 10), "the storm was one")
      fault:lift()
    end
    lab:within("80s", "all are up", function() return #host:get_sessions { is_connected = true } == 64 end)
    lab:equal(target:counters().sessions, 64, "and none twice")
  end,
}
