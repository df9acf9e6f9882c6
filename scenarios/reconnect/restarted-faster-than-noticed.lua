-- SPDX-License-Identifier: Apache-2.0
-- The initiator's machine loses its power and is up again at once. Nobody told the target, whose old connection looks well.
return scenario {
  title  = "an initiator that restarts before its target notices takes its old session's place",
  covers = { "seed:register.restart", "R-ISID-004", "R-REIN-008", "R-REIN-009", "R-REIN-022" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" } }
    local host    = lab:initiator { first_cmd_sn = 100 }
    local session = host:connect_target { node_address = target.name, isid = 0x400001370007 }
    local tsih    = session.target_side_identifier
    session:register()
    session:disk(1):write {}
    lab:equal(target:counters().sessions, 1, "the target has one session")

    host:power_cut()
    host:start()
    lab:within("9s", "it is back", function() return #host:get_sessions { is_connected = true } == 1 end)
    local again = host:get_sessions {}[1]
    lab:equal(again.initiator_side_identifier, "400001370007", "under the same ISID")
    lab:expect(again.target_side_identifier ~= tsih, "as another instance")
    lab:check("R-REIN-009", target:counters().reinstatements == 1, "the target ended the old one for it")
    lab:equal(target:counters().sessions, 1, "and has one session still")
    lab:equal(target:counters().connections, 1, "over one connection")
    again:disk(1):read {}
  end,
}
