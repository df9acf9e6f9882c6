-- SPDX-License-Identifier: Apache-2.0
-- The choice of digests is part of the login that a registration keeps.
return scenario {
  title  = "a registered session comes back with the digests that it had",
  covers = { "R-KEY-005" },
  run = function(lab)
    local target = lab:target { luns = { "1M" } }
    local host   = lab:initiator {}
    for _, header in ipairs { true, false } do
      host:connect_target {
        node_address = target.name, header_digest = header, data_digest = not header,
        is_multipath_enabled = true,
      }:register { is_multipath_enabled = true }
    end
    host:power_cut()
    host:start()

    lab:within("30s", "both are back", function()
      return #host:get_sessions { is_connected = true } == 2
    end)
    local first, second = table.unpack(host:get_sessions {})
    lab:equal(first.is_header_digest and not first.is_data_digest, true, "the first with a header digest")
    lab:equal(second.is_data_digest and not second.is_header_digest, true, "the second with a data digest")
    first:disk(1):write { length = "64K" }
    second:disk(1):read { length = "64K" }
  end,
}
