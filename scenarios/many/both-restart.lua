-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "target and initiator lose power together: the registered session comes back, the other one does not",
  covers = { "seed:register.restart" },
  run = function(lab)
    local target, other = lab:target { luns = { "1M" } }, lab:target { luns = { "1M" } }
    local host = lab:initiator {}
    local session = host:connect_target { node_address = target.name }
    session:register()
    host:connect_target { node_address = other.name }
    session:disk(1):write { length = "64K" }

    target:power_cut()
    host:power_cut()
    host:start()
    target:start()
    lab:within("60s", "the registered one is back", function()
      return #host:get_sessions { is_connected = true } == 1
    end)
    local again = host:get_sessions {}[1]
    lab:equal(again.target_node_address, target.name, "it is the registered one")
    again:disk(1):read { length = "64K" }
  end,
}
