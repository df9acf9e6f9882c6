-- SPDX-License-Identifier: Apache-2.0
-- The power goes at each call of the disk while the second of three registrations is taken back.
return scenario {
  title  = "a registration that was taken back stays away; one whose removal was cut is there or not, and the others are",
  covers = { "bug:B106", "seed:unregister.restart" },
  run = function(lab)
    local targets = {}
    for i = 1, 3 do targets[i] = lab:target { luns = { "1M" } } end
    local there, gone = 0, 0
    for _, unsynced in ipairs { "lose", "keep", "draw" } do
      for nth = 1, 60 do
        local host, sessions = lab:initiator {}, {}
        for i, target in ipairs(targets) do
          sessions[i] = host:connect_target { node_address = target.name }
          sessions[i]:register()
        end
        local cut = lab:fault { on = host, when = { disk = "any", nth = nth }, act = "power_cut", unsynced = unsynced, optional = true }
        local ok  = pcall(sessions[2].unregister, sessions[2])
        cut:lift()
        if cut.fired == 0 then break end
        if host.is_up then host:power_cut() end
        host:start()
        local names = {}
        for i, session in ipairs(host:get_sessions { is_persistent = true }) do names[i] = session.target_node_address end
        lab:equal(names[1], targets[1].name, "the first is there")
        lab:equal(names[#names], targets[3].name, "the third is there")
        lab:expect(not ok or #names == 2, "what was said to be gone is gone")
        if #names == 3 then there = there + 1 else gone = gone + 1 end
        host:power_cut()
      end
    end
    lab:expect(there > 5 and gone > 0, "both outcomes came about")
  end,
}
