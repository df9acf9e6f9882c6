-- SPDX-License-Identifier: Apache-2.0
-- The disk says no in the midst of a registration: the caller hears of it, and the registry is as it was.
return scenario {
  title = "a registration that the disk refuses is an error, and leaves those before it alone",
  run = function(lab)
    local one = lab:target { luns = { "1M" } }
    local two = lab:target { luns = { "1M" } }
    for _, act in ipairs { "fail", "full" } do
      local host = lab:initiator {}
      host:connect_target { node_address = one.name }:register()
      local second = host:connect_target { node_address = two.name }
      local refused = lab:fault { on = host, when = { disk = "write" }, act = act }
      lab:expect(not pcall(function() second:register() end), act .. " is an error")
      lab:equal(refused.fired, 1, "of the disk's making")
      lab:expect(not second.is_persistent, "it is not persistent")
      second:register()
      host:kill()
      host:start()
      lab:within("30s", "both are back", function()
        return #host:get_sessions { is_connected = true, is_persistent = true } == 2
      end)
      host:kill()
    end
  end,
}
