-- SPDX-License-Identifier: Apache-2.0
-- 64 MiB through one session: every block that is read is the one that was written.
return scenario {
  title  = "what is written is read back",
  covers = { "R-MODEL-001", "R-NUM-003" },
  run = function(lab)
    local target  = lab:target { luns = { "64M" } }
    local host    = lab:initiator {}
    local session = host:connect_target { node_address = target.name }

    lab:expect(session:test_unit_ready(), "the unit is ready")
    lab:equal(session:inquiry().device_type, 0, "INQUIRY says that it is a disk")
    lab:equal(session:read_capacity().blocks, 131072, "READ CAPACITY says 64 MiB")

    local disk = session:disk(1)
    disk:write { transfer = "256K" }
    disk:read { transfer = "256K" }
    disk:write { lba = 8, length = "4K", transfer = "512", cdb = 10 }
    disk:read { length = "64K", transfer = "4K", cdb = 10 }
    session:disconnect()
  end,
}
