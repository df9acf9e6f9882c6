-- SPDX-License-Identifier: Apache-2.0
-- The power goes in the very instant in which the word returns, and takes whatever the disk was not made to keep.
return scenario {
  title  = "a registration that was acknowledged survives a power cut in the same instant, and so does its removal",
  covers = { "seed:register.restart", "seed:unregister.restart" },
  run = function(lab)
    for _, unsynced in ipairs { "lose", "keep", "draw" } do
      local target  = lab:target { luns = { "1M" } }
      local host    = lab:initiator {}
      local session = host:connect_target { node_address = target.name }
      session:disk(1):write {}

      session:register()
      host:power_cut { unsynced = unsynced }
      host:start()
      lab:within("5s", "it is back", function()
        return #host:get_sessions { is_persistent = true, is_connected = true } == 1
      end)
      host:get_sessions {}[1]:disk(1):read {}

      host:get_sessions {}[1]:unregister()
      host:power_cut { unsynced = unsynced }
      host:start()
      lab:sleep("1s")
      lab:equal(#host:get_sessions {}, 0, "it is gone for good")
    end
  end,
}
