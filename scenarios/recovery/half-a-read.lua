-- SPDX-License-Identifier: Apache-2.0
-- What had come of a read before its connection died is worth nothing: the new Data-In begin at offset 0 again. No UNIT ATTENTION
-- stands between, after which the driver would begin with a new task anyway.
return scenario {
  title  = "a read that is cut between its Data-In is done again from its first byte",
  covers = { "R-NUM-028", "R-DATA-022" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" }, power_on_attention = false, keys = { MaxBurstLength = 65536 } }
    local session = lab:initiator {}:connect_target { node_address = target.name }
    local disk    = session:disk(1)
    disk:write {}
    for nth = 2, 4 do
      local reset = lab:fault { on = target, when = { pdu = "Data-In", DataSN = nth - 1 }, act = "rst" }
      disk:read { transfer = "512K", depth = 2 }
      lab:equal(reset.fired, 1, "the connection died behind Data-In " .. nth)
      lab:equal(session.logins, nth, "one new login is enough")
    end
  end,
}
