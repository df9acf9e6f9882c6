-- SPDX-License-Identifier: Apache-2.0
-- The target's process is killed while writes are out, twice, and started on its old data: what was acknowledged is there.
return scenario {
  title = "nothing is lost when the target's process is killed and started again under writes",
  run = function(lab)
    local target  = lab:target { luns = { "16M" } }
    local session = lab:initiator {}:connect_target { node_address = target.name }
    local disk    = session:disk(1)
    for round = 1, 2 do
      local killed = lab:fault { on = target, when = { pdu = "SCSI Response", nth = 20 }, act = "crash" }
      local job = disk:start_write { transfer = "64K", depth = 4 }
      lab:within("5s", "the session is down", function() return not session.is_connected end)
      target:start()
      job:wait()
      disk:read {}
      lab:expect(session.logins > round, "it took another login")
    end
  end,
}
