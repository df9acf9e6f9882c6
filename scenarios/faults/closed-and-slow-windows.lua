-- SPDX-License-Identifier: Apache-2.0
-- A peer that does not read, and one that reads slowly: nobody may take it for dead, or run out of memory.
return scenario {
  title = "a target that stops reading for a while, and then reads slowly, gets every byte in the end",
  run = function(lab)
    local target  = lab:target { luns = { "4M" } }
    local session = lab:initiator {}:connect_target { node_address = target.name }
    local disk    = session:disk(1)
    lab:fault { on = target, when = { pdu = "Data-Out", nth = 2 }, act = "zero_window", lasts = "10s" }
    disk:write { transfer = "256K" }
    lab:expect(lab.now >= 10 * 1000000000, "nothing went on meanwhile")

    local slow = lab:fault { on = target, when = { pdu = "SCSI Command" }, act = "slow", bytes_per_second = "512K" }
    local before = lab.now
    disk:write { transfer = "256K" }
    lab:expect(lab.now - before >= 7 * 1000000000, "4 MiB at 512 KiB a second take their time")
    slow:lift()

    local back = lab:fault { on = target, when = { pdu = "Data-In" }, act = "slow", bytes_per_second = "1M" }
    disk:read { transfer = "256K" }
    back:lift()
    disk:read { transfer = "256K" }
    lab:equal(session.logins, 1, "nobody lost the connection")
  end,
}
