-- SPDX-License-Identifier: Apache-2.0
-- A host starts before its target: the port refuses, then opens after 10 s. What never had a session has nothing to clean up.
return scenario {
  title  = "a restored session that never was up connects at each retry, and is up soon after its target",
  covers = { "bug:B04" },
  run = function(lab)
    local pace = { windows = { syns = 2, back = "60s" }, linux = { syns = 4, back = "3s" } }
    for profile, expected in pairs(pace) do
      local target = lab:target { luns = { "1M" } }
      local host   = lab:initiator { profile = profile }
      host:connect_target { node_address = target.name }:register()
      host:power_cut()
      local closed = lab:fault { on = host, portal = target.portals[1], when = { connect = true }, act = "refuse", times = 0 }

      host:start()
      lab:sleep("10s")
      lab:equal(closed.fired, expected.syns, profile .. ": each retry was a SYN")
      closed:lift()
      lab:within(expected.back, profile .. ": it is up", function()
        return #host:get_sessions { is_connected = true, is_persistent = true } == 1
      end)
      host:get_sessions {}[1]:disk(1):write { length = "64K" }
    end
  end,
}
