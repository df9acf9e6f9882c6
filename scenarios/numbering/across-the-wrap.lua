-- SPDX-License-Identifier: Apache-2.0
-- CmdSN and StatSN pass 2^32 in the midst of a run, from every distance of a small window.
return scenario {
  title  = "numbers go on across 2^32 without a stumble",
  covers = { "R-NUM-003", "R-NUM-004" },
  run = function(lab)
    for _, distance in ipairs { 1, 2, 3, 7, 31, 32, 33, 127, 128, 200 } do
      local target = lab:target { luns = { "1M" }, queue_depth = 32, first_stat_sn = (1 << 32) - distance }
      local host = lab:initiator { first_cmd_sn = (1 << 32) - distance }
      local session = host:connect_target { node_address = target.name }
      local disk = session:disk(1)
      disk:write { transfer = "4K", depth = 64 }
      disk:read { transfer = "4K", depth = 64 }
      lab:check("R-NUM-004", session.logins == 1, "no number made a connection fall, " .. distance .. " before the wrap")
    end
  end,
}
