-- SPDX-License-Identifier: Apache-2.0
-- Whoever has no multipath driver would see the same disk twice, and damage it.
return scenario {
  title  = "a session registered twice without multipath comes back as one, and its second record waits until it is needed",
  covers = { "seed:register.multiple", "seed:unregister.restart" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" } }
    local host    = lab:initiator {}
    local session = host:connect_target { node_address = target.name }
    session:register()
    session:register()

    host:kill()
    host:start()
    lab:within("9s", "it is back", function() return #host:get_sessions { is_connected = true } == 1 end)
    lab:sleep("1s")
    lab:equal(#host:get_sessions {}, 1, "as one session")
    host:get_sessions {}[1]:disk(1):write { length = "64K" }

    -- To unregister what was restored from one record leaves the other one alone.
    host:get_sessions {}[1]:unregister()
    host:kill()
    host:start()
    lab:within("9s", "the other record's turn has come", function()
      return #host:get_sessions { is_connected = true, is_persistent = true } == 1
    end)
    host:get_sessions {}[1]:unregister()
    host:kill()
    host:start()
    lab:sleep("2s")
    lab:equal(#host:get_sessions {}, 0, "nothing is left")
  end,
}
