-- SPDX-License-Identifier: Apache-2.0
-- The old connection lies in a silent network. When the session has long been back on a new one, the network gives out what it
-- held: the rest of its PDUs, and its end, in both directions.
return scenario {
  title  = "the end of an old connection that comes late concerns nobody any more",
  covers = { "bug:B154" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" } }
    local session = lab:initiator { profile = "linux" }:connect_target { node_address = target.name }
    local disk    = session:disk(1)
    for round = 1, 20 do
      local pdu  = round % 2 == 0 and "SCSI Command" or "SCSI Response"
      local hole = lab:fault { on = target, when = { pdu = pdu, nth = 3 }, act = "black_hole", at = "before" }
      disk:write { transfer = "16K", depth = 16 }
      lab:equal(session.logins, round + 1, "it is back on a new connection")
      local writes = target:counters().writes
      hole:lift()
      lab:sleep("3s")
      lab:equal(target:counters().writes, writes, "what was held came to nothing")
      lab:expect(session.is_connected, "the new connection is there")
      lab:equal(session.logins, round + 1, "the same one")
      lab:equal(target:counters().sessions, 1, "and one session")
      lab:equal(target:counters().connections, 1, "with one connection")
      disk:read {}
    end
  end,
}
