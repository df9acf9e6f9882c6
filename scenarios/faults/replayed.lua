-- SPDX-License-Identifier: Apache-2.0
-- An old command comes once more: on its own connection its CmdSN is used up; on the next one it is another session's number.
return scenario {
  title  = "a PDU of the past that comes again does nothing a second time",
  covers = { "R-NUM-013", "R-NUM-012" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" } }
    local session = lab:initiator {}:connect_target { node_address = target.name }
    local disk    = session:disk(1)
    local old = lab:fault { on = target, when = { pdu = "SCSI Command" }, act = "record" }
    local again = lab:fault { on = target, after = old, when = { pdu = "SCSI Command", nth = 2 }, act = "replay", of = old }
    disk:write { transfer = "4K", length = "32K", depth = 1 }
    lab:equal(again.fired, 1, "it came again")
    lab:equal(target:counters().writes, 8, "each WRITE was done once")

    lab:fault { on = target, when = { pdu = "SCSI Command" }, act = "rst" }
    disk:write { transfer = "4K", length = "4K", lba = 64 }
    local ghost = lab:fault { on = target, when = { pdu = "SCSI Command" }, act = "replay", of = old }
    disk:write { transfer = "4K", length = "32K", depth = 1 }
    disk:read { length = "32K" }
    lab:equal(ghost.fired, 1, "it came again on a later connection")
  end,
}
