-- SPDX-License-Identifier: Apache-2.0
-- Three registered sessions: at the restart the target of the first is gone, that of the second takes 20 s to answer a login.
return scenario {
  title    = "at a restart no session waits for another one's dead or slow target, and the dead one's is not given up",
  covers   = { "bug:B02" },
  liveness = "90s",
  run = function(lab)
    local host, targets = lab:initiator {}, {}
    for i = 1, 3 do
      targets[i] = lab:target { luns = { "1M" } }
      host:connect_target { node_address = targets[i].name }:register()
    end
    host:power_cut()
    targets[1]:power_cut()
    lab:fault { on = targets[2], when = { pdu = "Login Response" }, act = "delay", delay = "20s" }
    local function is_up(i) return #host:get_sessions { target = targets[i].name, is_connected = true } == 1 end

    host:start()
    lab:within("100ms", "the third is up at once", function() return is_up(3) end)
    host:get_sessions { target = targets[3].name }[1]:disk(1):write { length = "64K" }
    lab:expect(not is_up(2), "the second one's login takes its time")
    lab:within("21s", "the second is up", function() return is_up(2) end)
    lab:equal(#host:get_sessions { is_persistent = true }, 3, "all three are told of meanwhile")

    lab:sleep(lab.is_live and "30s" or "2h")
    lab:expect(not is_up(1), "nobody is there")
    targets[1]:start()
    lab:within("80s", "the first is up, however long it was gone", function() return is_up(1) end)
  end,
}
