-- SPDX-License-Identifier: Apache-2.0
-- With both digests a response has five parts: header, its digest, data, padding, their digest. The connection breaks within and
-- between them, at every PDU that a target sends.
return scenario {
  title    = "a connection that breaks anywhere within a response costs a login, and nothing else",
  covers   = { "bug:B158" },
  liveness = "90s",
  run = function(lab)
    local target  = lab:target { luns = { "1M" }, keys = { MaxRecvDataSegmentLength = 8192, MaxBurstLength = 65536 } }
    local session = lab:initiator { profile = "linux" }:connect_target { node_address = target.name, header_digest = true, data_digest = true }
    local disk, logins = session:disk(1), 1
    local lengths = { ["SCSI Response"] = { 0, 1, 47, 48, 51, 52 }, R2T = { 0, 48, 50, 52 },
                      ["Data-In"] = { 0, 47, 48, 51, 52, 53, 500, 16435, 16436, 16438, 16439 }, ["NOP-In"] = { 0, 47, 48, 50, 52 } }
    for pdu, cuts in pairs(lengths) do
      for _, bytes in ipairs(cuts) do
        local cut = lab:fault { on = target, when = { pdu = pdu }, act = "cut", cut_bytes = bytes }
        disk:write { length = "128K", transfer = "128K" }
        disk:read { length = "128K", transfer = "16K" }
        lab:within("20s", pdu .. " is cut", function() return cut.fired == 1 end)
        logins = logins + 1
        lab:within("10s", "it is back", function() return session.logins == logins and session.is_connected end)
      end
    end
    disk:write {}
    disk:read {}
  end,
}
