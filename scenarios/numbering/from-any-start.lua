-- SPDX-License-Identifier: Apache-2.0
-- The RFC lets CmdSN and StatSN begin anywhere: the ends of the number circle and drawn places.
return scenario {
  title  = "numbers may begin anywhere",
  covers = { "R-NUM-003" },
  run = function(lab)
    local starts = { 0, 1, 0x7ffffffe, 0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe, 0xffffffff }
    for _ = 1, 20 do starts[#starts + 1] = lab:draw(1 << 32) - 1 end
    for n, start in ipairs(starts) do
      local target = lab:target { luns = { "64K" }, first_stat_sn = starts[#starts + 1 - n] }
      local session = lab:initiator { first_cmd_sn = start }:connect_target { node_address = target.name }
      local disk = session:disk(1)
      disk:write { transfer = "512" }
      disk:read { transfer = "512" }
      lab:check("R-NUM-003", session.logins == 1, "one login did, from " .. start)
    end
  end,
}
