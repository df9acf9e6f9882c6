-- SPDX-License-Identifier: Apache-2.0
-- Registering a connection several times re-establishes several sessions, for use with Multipath I/O.
return scenario {
  title  = "a session registered three times with multipath comes back as three, and they carry one disk",
  covers = { "seed:register.multiple", "R-ISID-001" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" } }
    local host    = lab:initiator {}
    local session = host:connect_target { node_address = target.name }
    for _ = 1, 3 do
      session:register { is_multipath_enabled = true }
    end
    lab:equal(#host:get_sessions {}, 1, "to register makes no session")
    session:disk(1):write {}

    host:kill()
    host:start()
    lab:within("9s", "three sessions are back", function()
      return #host:get_sessions { is_connected = true, is_persistent = true } == 3
    end)

    local sessions, isids = host:get_sessions {}, {}
    for _, again in ipairs(sessions) do
      lab:equal(again.target_node_address, target.name, "to the same target")
      lab:equal(isids[again.initiator_side_identifier], nil, "with an ISID of its own")
      isids[again.initiator_side_identifier] = true
    end
    lab:sleep("100ms") -- until each has looked at its LUNs
    local disk = host:mpio_disk { sessions = sessions }
    lab:equal(#disk.paths, 3, "each is a path")
    disk:read {}
    disk:write {}
  end,
}
