-- SPDX-License-Identifier: Apache-2.0
-- Fifty targets, registered; at the restart of the initiator one is dead and one comes later.
return scenario {
  title  = "no session waits for another one's target at start",
  covers = { "seed:register.restart" },
  run = function(lab)
    local host, targets = lab:initiator { reconnect_delay = "2s", restore_retry = "5s" }, {}
    for n = 1, 50 do
      targets[n] = lab:target { luns = { "64K" } }
      host:connect_target { node_address = targets[n].name }:register()
    end
    targets[1]:power_cut()
    targets[2]:power_cut()
    host:power_cut()
    host:start()
    lab:within("1s", "forty-eight sessions are back at once", function()
      return #host:get_sessions { is_connected = true } == 48
    end)
    lab:sleep("15s")
    targets[2]:start()
    lab:within("9s", "the late one is back", function()
      return #host:get_sessions { is_connected = true } == 49
    end)
    targets[1]:start()
    lab:within("9s", "the dead one is back when it lives", function()
      return #host:get_sessions { is_connected = true } == 50
    end)
  end,
}
