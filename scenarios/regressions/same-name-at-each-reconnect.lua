-- SPDX-License-Identifier: Apache-2.0
-- The connection falls silent a hundred times (five times in real time): the target never hears of its end, and would keep each session for an hour.
return scenario {
  title    = "a session that reconnects takes the place of its dead self, however often",
  covers   = { "bug:B38", "R-ISID-004" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" }, keys = { DefaultTime2Retain = 3600 } }
    local session = lab:initiator { profile = "linux" }:connect_target { node_address = target.name }
    local disk    = session:disk(1)
    local isid    = session.initiator_side_identifier
    for round = 1, lab.is_live and 5 or 100 do
      lab:fault { on = target, when = { pdu = "SCSI Command" }, act = "black_hole", at = "before" }
      disk:write { length = "4K", lba = round * 8 }
      lab:equal(session.logins, round + 1, "one more login")
      lab:equal(session.initiator_side_identifier, isid, "under the same ISID")
      lab:equal(target:counters().sessions, 1, "there is one session")
      lab:equal(target:counters().reinstatements, round, "the old one was reinstated")
    end
    disk:read { lba = 8, length = "20K" }
  end,
}
