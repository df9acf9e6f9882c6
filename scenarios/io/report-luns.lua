-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "REPORT LUNS tells every LUN, and each has its own blocks",
  run = function(lab)
    local target  = lab:target { luns = { "1M", "2M", "4M" } }
    local session = lab:initiator {}:connect_target { node_address = target.name }
    -- A foreign target may list a controller beside them.
    lab:expect(#session:report_luns() >= 3, "three LUNs are listed")

    for n = 1, 3 do
      lab:equal(session:read_capacity(n).blocks, 1024 << n, "LUN " .. n .. " has its size")
      session:disk(n):write { length = "128K" }
    end
    for n = 1, 3 do
      session:disk(n):read { length = "128K" }
    end
  end,
}
