-- SPDX-License-Identifier: Apache-2.0
-- Registering a connection several times re-establishes several sessions, for use with Multipath I/O.
return scenario {
  title  = "a session registered three times with multipath comes back as three",
  covers = { "seed:register.multiple" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" } }
    local host    = lab:initiator {}
    local session = host:connect_target { node_address = target.name }
    for _ = 1, 3 do
      session:register { is_multipath_enabled = true }
    end

    host:kill()
    host:start()
    lab:within("30s", "three sessions are back", function()
      return #host:get_sessions { is_connected = true, is_persistent = true } == 3
    end)

    local isids = {}
    for _, again in ipairs(host:get_sessions {}) do
      isids[again.initiator_side_identifier] = true
      again:disk(1):write { length = "64K" }
    end
    local distinct = 0
    for _ in pairs(isids) do distinct = distinct + 1 end
    lab:equal(distinct, 3, "each has an ISID of its own")
  end,
}
