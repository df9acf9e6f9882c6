-- SPDX-License-Identifier: Apache-2.0
-- The initiator's disk is full, or fails, at each call of a registration in turn; then its power goes.
return scenario {
  title  = "a registration that the disk refuses is an error, and costs no other one",
  covers = { "bug:B98", "seed:register.restart" },
  run = function(lab)
    local targets = { lab:target { luns = { "1M" } }, lab:target { luns = { "1M" } } }
    local refused = 0
    for _, act in ipairs { "fail", "full" } do
      for nth = 1, 60 do
        local host, sessions = lab:initiator {}, {}
        for i, target in ipairs(targets) do sessions[i] = host:connect_target { node_address = target.name } end
        sessions[1]:register()
        local fault = lab:fault { on = host, when = { disk = "any", nth = nth }, act = act, optional = true }
        local ok = pcall(sessions[2].register, sessions[2])
        fault:lift()
        if fault.fired == 0 then break end
        lab:expect(ok or not sessions[2].is_persistent, "what was refused is not said to be persistent")
        if not ok then
          refused = refused + 1
          sessions[2]:register()
        end
        host:power_cut()
        host:start()
        local back = host:get_sessions { is_persistent = true }
        lab:expect(#back >= 2, "both are there")
        lab:equal(back[1].target_node_address, targets[1].name, "the first one first")
        host:power_cut()
      end
    end
    lab:expect(refused > 5, "some were refused")
  end,
}
