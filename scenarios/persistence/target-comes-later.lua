-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "a registered session comes back when its target is up later than the initiator",
  run = function(lab)
    local target = lab:target { luns = { "1M" } }
    local host   = lab:initiator {}
    host:connect_target { node_address = target.name }:register()

    target:power_cut()
    host:power_cut()
    host:start()
    lab:sleep(lab.is_live and "30s" or "5min")
    lab:equal(#host:get_sessions { is_connected = true }, 0, "nothing can be connected yet")
    target:start()
    lab:within("90s", "the session is back", function()
      return #host:get_sessions { is_connected = true, is_persistent = true } == 1
    end)
  end,
}
