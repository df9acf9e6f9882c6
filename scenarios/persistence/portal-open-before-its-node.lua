-- SPDX-License-Identifier: Apache-2.0
-- An array that starts opens its portals before its nodes: for a while logins are told "not found", "service unavailable" or
-- "out of resources". The RFC calls the first the initiator's own error; for one that was registered it is no last word.
return scenario {
  title  = "a registered session comes back however its target says at first that the node is not there yet",
  covers = { "seed:register.restart" },
  run = function(lab)
    local host  = lab:initiator { reconnect_delay = "500ms", restore_retry = "1s" }
    local early = {}
    for i, status in ipairs { 0x0203, 0x0301, 0x0302 } do
      local target = lab:target { luns = { "1M" } }
      host:connect_target { node_address = target.name }:register()
      early[i] = lab:fault { on = target, when = { pdu = "Login Request" }, act = "login_status", status = status, times = 0 }
    end

    host:kill()
    host:start()
    lab:within("30s", "each is asked three times", function()
      return math.min(early[1].fired, early[2].fired, early[3].fired) >= 3
    end)
    lab:equal(#host:get_sessions { is_connected = true }, 0, "no node is there yet")
    for i, fault in ipairs(early) do
      fault:lift()
      lab:within("9s", "the session comes with its node", function()
        return #host:get_sessions { is_connected = true, is_persistent = true } == i
      end)
    end
    for _, session in ipairs(host:get_sessions {}) do
      session:disk(1):write {}
      session:disk(1):read {}
    end
  end,
}
