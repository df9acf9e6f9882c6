-- SPDX-License-Identifier: Apache-2.0
-- A WRITE goes out as a command with immediate data, unsolicited and solicited Data-Out. The connection breaks behind each of some
-- hundred bytes of it; what is sent again must begin at its beginning.
return scenario {
  title    = "a write that was sent in part is sent again whole",
  covers   = { "bug:B160" },
  liveness = "90s",
  run = function(lab)
    local target  = lab:target { luns = { "1M" }, keys = { MaxRecvDataSegmentLength = 2048, FirstBurstLength = 6144, MaxBurstLength = 8192 } }
    local session = lab:initiator { profile = "linux" }:connect_target { node_address = target.name }
    local disk    = session:disk(1)
    local logins  = 1
    local parts   = { { "SCSI Command", 2096, 1 } }
    for n = 1, 7 do parts[#parts + 1] = { "Data-Out", 2096, n } end
    for _, part in ipairs(parts) do
      for bytes = 0, part[2] - 1, 131 do
        local cut = lab:fault { on = target, when = { pdu = part[1], nth = part[3] }, act = "cut", cut_bytes = bytes }
        disk:write { lba = logins % 64 * 32, length = "16K", transfer = "16K" }
        logins = logins + 1
        lab:equal(cut.fired, 1, part[1] .. " was cut")
        lab:equal(session.logins, logins, "one more login")
        disk:read { lba = (logins - 1) % 64 * 32, length = "16K" }
      end
    end
  end,
}
