-- SPDX-License-Identifier: Apache-2.0
-- A target came back without its configuration: for two hours, and over restarts of the host, it knows no such node.
return scenario {
  title    = "a registered session whose target does not know itself is not forgotten",
  covers   = { "bug:B104" },
  liveness = "90s",
  run = function(lab)
    for _, status in ipairs(lab.is_live and { 0x0203 } or { 0x0203, 0x0202, 0x0204 }) do
      local target = lab:target { luns = { "1M" } }
      local host   = lab:initiator {}
      host:connect_target { node_address = target.name }:register()
      target:kill()
      target:start()
      local empty = lab:fault { on = target, when = { pdu = "Login Request" }, act = "login_status", status = status, times = 0 }
      for _, how in ipairs { "kill", "power_cut" } do
        lab:sleep(lab.is_live and "15s" or "1h")
        lab:equal(#host:get_sessions { is_persistent = true }, 1, "it is registered")
        host[how](host)
        host:start()
      end
      lab:expect(empty.fired > (lab.is_live and 2 or 60), "it asked again and again")
      empty:lift()
      lab:within("61s", "it is back", function() return #host:get_sessions { is_connected = true, is_persistent = true } == 1 end)
      host:get_sessions {}[1]:disk(1):write { length = "64K" }
    end
  end,
}
