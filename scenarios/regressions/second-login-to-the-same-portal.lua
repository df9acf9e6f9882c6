-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "a second login that is refused, and whatever is done about it, leaves the first session alone",
  covers = { "bug:B102" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" } }
    local host    = lab:initiator {}
    local session = host:connect_target { node_address = target.name }
    local disk    = session:disk(1)
    for _ = 1, 3 do session:register() end -- three records of one login, none of them for multipath
    local job = disk:start_write { transfer = "4K", depth = 2 }
    for _ = 1, 10 do
      local ok, why = pcall(host.connect_target, host, { node_address = target.name })
      lab:expect(not ok, "it is refused")
      lab:expect(tostring(why):find("already", 1, true) ~= nil, "and says why: " .. tostring(why))
      lab:equal(#host:get_sessions {}, 1, "there is one session")
    end
    job:wait()
    disk:read {}
    lab:equal(session.logins, 1, "the first one")

    host:power_cut()
    host:start()
    lab:within("30s", "one session is back", function() return #host:get_sessions { is_connected = true } == 1 end)
    lab:sleep("5min")
    lab:equal(#host:get_sessions {}, 1, "and no second")
    lab:equal(target:counters().sessions, 1, "at the target, too")
    host:get_sessions {}[1]:disk(1):read {}
  end,
}
