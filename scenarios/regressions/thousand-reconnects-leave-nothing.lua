-- SPDX-License-Identifier: Apache-2.0
-- A thousand connections (sixteen in real time) are lost in eight ways, under commands, logins and logouts. What each leaves behind would be there a
-- thousand times: at the target it is counted, in this process the sanitizers and the bounds of the world find it.
return scenario {
  title    = "a thousand lost connections leave one session, one connection and no more",
  covers   = { "bug:B150" },
  liveness = "90s",
  run = function(lab)
    local target  = lab:target { luns = { "1M" } }
    local host    = lab:initiator { profile = "linux" }
    local session = host:connect_target { node_address = target.name }
    local disk    = session:disk(1)
    local ways = {
      { when = { pdu = "SCSI Command" }, act = "rst" }, { when = { pdu = "SCSI Response" }, act = "fin" },
      { when = { pdu = "SCSI Response" }, act = "drop" }, { when = { pdu = "SCSI Command" }, act = "cut", cut_bytes = 17 },
      { when = { pdu = "SCSI Response" }, act = "unknown_opcode" }, { when = { pdu = "SCSI Command" }, act = "half_close" },
      { when = { pdu = "Login Response" }, act = "rst" }, { when = { connect = true }, act = "refuse" },
    }
    for round = 1, lab.is_live and 16 or 1000 do
      local way = ways[round % #ways + 1]
      local is_first = way.when.connect or way.when.pdu == "Login Response"
      if is_first then lab:fault { on = target, when = { pdu = "SCSI Command" }, act = "rst" } end
      lab:fault { on = way.when.connect and host or target, when = way.when, act = way.act, cut_bytes = way.cut_bytes }
      disk:write { length = "4K", lba = round % 256 * 8, timeout = "5s" }
      lab:within("10s", way.act .. ": one more login", function() return session.logins == round + 1 and session.is_connected end)
    end
    lab:sleep("1min")
    lab:equal(target:counters().sessions, 1, "one session")
    lab:equal(target:counters().connections, 1, "one connection")
    disk:read {}
  end,
}
