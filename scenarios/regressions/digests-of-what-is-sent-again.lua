-- SPDX-License-Identifier: Apache-2.0
-- With both digests connections break under queued commands; each comes again with new numbers in its header. The target and
-- the referee check every digest; then one of the target's is wrong.
return scenario {
  title    = "what is sent again on a new connection has the digests of its new header, of whatever kind and length it is",
  covers   = { "bug:B80", "bug:B82" },
  liveness = "60s",
  run = function(lab)
    local target  = lab:target { luns = { "4M" }, keys = { MaxRecvDataSegmentLength = 8192, MaxBurstLength = 65536, FirstBurstLength = 16384 } }
    local session = lab:initiator { profile = "linux" }:connect_target { node_address = target.name, header_digest = true, data_digest = true }
    local disk    = session:disk(1)
    for round, when in ipairs { { pdu = "SCSI Command", nth = 7 }, { pdu = "Data-Out", nth = 9 }, { pdu = "R2T", nth = 3 },
                                { pdu = "SCSI Response", nth = 2 } } do
      lab:fault { on = target, when = when, act = "rst" }
      disk:write { transfer = "64K", depth = 32 }
      lab:equal(session.logins, round + 1, "the break was the only one: no digest was wrong")
    end
    for length = 1, 33 do -- immediate data of every remainder; the unit refuses the command, not its digest
      session:start_command { cdb = "3b 00", write = length }:wait()
    end
    lab:sleep("20s") -- pings
    lab:equal(session.logins, 5, "no digest was wrong")
    lab:equal(target:counters().rejects, 0, "for the target, too")

    lab:fault { on = target, when = { pdu = "Data-In" }, act = "header_digest" }
    disk:read {}
    lab:equal(session.logins, 6, "a wrong one of the target's costs the connection")
  end,
}
