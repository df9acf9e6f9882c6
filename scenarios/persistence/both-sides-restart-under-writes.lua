-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "when both sides go down in the midst of writes, whoever is up first, no finished write is lost",
  covers = { "seed:register.restart" },
  run = function(lab)
    for _, first in ipairs { "target", "host", "both" } do
      local target  = lab:target { luns = { "1M" } }
      local host    = lab:initiator { restore_retry = "1s", reconnect_delay = "500ms" }
      local session = host:connect_target { node_address = target.name }
      session:register()
      local disk = session:disk(1)
      disk:write {}
      local job = disk:start_write { transfer = "4K", may_fail = true }
      lab:within("9s", "writes are under way", function() return job.good >= 20 end)

      target:kill()
      host:kill()
      if first == "host" then host:start() else target:start() end
      if first ~= "both" then lab:sleep("1s") end
      if first == "host" then target:start() else host:start() end
      lab:within("9s", "the session is back", function() return #host:get_sessions { is_connected = true } == 1 end)
      disk = host:get_sessions {}[1]:disk(1)
      disk:read {}
      disk:write {}
      disk:read {}
      lab:equal(target:counters().reinstatements, 0, "to the target it is a new session")
    end
  end,
}
