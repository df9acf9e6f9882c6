-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "a session whose LUN is another unit is refused as a path, and gets no write",
  covers = { "seed:mpio.one-unit" },
  run = function(lab)
    local one   = lab:target { luns = { "1M" } }
    local other = lab:target { luns = { "1M" } }
    local host  = lab:initiator {}
    local right = host:connect_target { node_address = one.name }
    local wrong = host:connect_target { node_address = other.name }

    local made, why = pcall(host.mpio_disk, host, { sessions = { right, wrong } })
    lab:expect(not made and string.find(why, "expected the unit 'naa%.%x+', got 'naa%.%x+'"), "the disk is not made")

    local disk = host:mpio_disk { sessions = { right } }
    lab:expect(not pcall(disk.add_path, disk, wrong), "the path is not added")
    lab:expect(not pcall(disk.add_path, disk, right), "nor is one that is there")
    lab:equal(#disk.paths, 1, "the disk has its one path")
    disk:write {}
    disk:read {}
    lab:equal(other:counters().writes, 0, "the other unit saw no write")
  end,
}
