-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "sessions that are removed while all of them reconnect are gone at once, and connect no more",
  covers = { "bug:B148" },
  run = function(lab)
    for _, how in ipairs { "disconnect", "kill", "power_cut" } do
      local target = lab:target { luns = { "1M" } }
      local host, sessions = lab:initiator { profile = "linux" }, {}
      for n = 1, 20 do sessions[n] = host:connect_target { node_address = target.name, is_multipath_enabled = true } end
      local closed = lab:fault { on = host, when = { connect = true }, act = "no_answer", times = 0 }
      target:kill()
      target:start()
      lab:sleep("10s")
      lab:equal(#host:get_sessions { is_connected = true }, 0, "all of them reconnect")
      local began = lab.now
      if how == "disconnect" then
        for _, session in ipairs(sessions) do session:disconnect() end
        lab:equal(#host:get_sessions {}, 0, "none is left")
      else
        host[how](host)
      end
      lab:expect(lab.now - began < 1000000000 + lab.slack, how .. ": it took no time")
      local tried = closed.fired
      lab:sleep(lab.is_live and "20s" or "10min")
      lab:equal(closed.fired, tried, "nobody tries any more")
      closed:lift()
    end
  end,
}
