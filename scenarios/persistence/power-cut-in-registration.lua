-- SPDX-License-Identifier: Apache-2.0
-- The initiator's power is cut at each call of its disk in turn, while a second session is being registered. Afterwards the
-- first registration is there, and the second one is there or not: never half, and never the first one lost.
return scenario {
  title  = "a power cut in the midst of a registration leaves the old registry or the new one",
  covers = { "seed:register.restart" },
  run = function(lab)
    local one = lab:target { luns = { "1M" } }
    local two = lab:target { luns = { "1M" } }
    local cuts, kept, gone = 0, 0, 0
    for _, unsynced in ipairs { "lose", "keep", "draw" } do
      for nth = 1, 200 do
        local host = lab:initiator {}
        host:connect_target { node_address = one.name }:register()
        local second = host:connect_target { node_address = two.name }
        local cut = lab:fault { on = host, when = { disk = "any", nth = nth }, act = "power_cut",
                                unsynced = unsynced, optional = true }
        second:start_register()
        lab:sleep("1s")
        cut:lift()
        if cut.fired == 0 then break end
        cuts = cuts + 1

        host:start()
        local back = host:get_sessions { is_persistent = true }
        lab:equal(back[1] and back[1].target_node_address, one.name, "the first registration is there")
        if #back == 2 then
          lab:equal(back[2].target_node_address, two.name, "the second one is whole")
          kept = kept + 1
        else
          gone = gone + 1
        end
        host:power_cut()
      end
    end
    lab:expect(cuts > 90 and kept > 0 and gone > 0, "both outcomes came about")
  end,
}
