-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "a logout does not wait for a backend that is gone, nor does the target keep what was under way",
  covers = { "bug:B156" },
  run = function(lab)
    for _, commands in ipairs { 0, 1, 32 } do
      local target  = lab:target { luns = { "1M" } }
      local host    = lab:initiator {}
      local session = host:connect_target { node_address = target.name }
      local disk    = session:disk(1)
      lab:fault { on = target, when = { scsi = "WRITE(16)" }, act = "stuck", times = math.max(commands, 1), optional = true }
      local job = commands > 0 and disk:start_write { length = "128K", transfer = "4K", depth = commands, may_fail = true }
      lab:sleep("1s")
      local began = lab.now
      session:disconnect()
      lab:expect(lab.now - began < 1000000000, commands .. " commands hang: it took no time")
      lab:expect(not job or job.is_done, "they have ended")
      lab:equal(target:counters().sessions, 0, "the session is gone")
      local again = host:connect_target { node_address = target.name }
      if commands > 1 then
        again:disk(1):write {}
        again:disk(1):read {}
      end
    end
  end,
}
