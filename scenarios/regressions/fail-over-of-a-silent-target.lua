-- SPDX-License-Identifier: Apache-2.0
-- A controller hangs for 20 s: its machine takes connections, and no login is answered. Then the other one takes over, which
-- knows of no session.
return scenario {
  title    = "logins that a hanging target never answered keep nobody from coming back to the one that takes over",
  covers   = { "bug:B144" },
  liveness = "90s",
  run = function(lab)
    for _, profile in ipairs { "windows", "linux" } do
      local target, sessions, jobs = lab:target { luns = { "1M", "1M", "1M" } }, {}, {}
      for i = 1, 3 do
        sessions[i] = lab:initiator { profile = profile }:connect_target { node_address = target.name }
        local disk = sessions[i]:disk(i)
        disk:write {}
        jobs[i] = { disk = disk }
      end
      lab:fault { on = target, when = { time = lab.now // 1000000 + 2 .. "ms" }, act = "rst" }
      lab:sleep("5ms")
      target:pause()
      for i, job in ipairs(jobs) do job.write = job.disk:start_write { length = "512K" } end
      lab:sleep("20s")
      target:kill()
      target:start()
      for i, job in ipairs(jobs) do
        lab:within("10s", "it is back", function() return sessions[i].logins == 2 end)
        job.write:wait()
        job.disk:read {}
      end
      lab:equal(target:counters().sessions, 3, "and once each")
    end
  end,
}
