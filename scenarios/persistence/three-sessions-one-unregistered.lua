-- SPDX-License-Identifier: Apache-2.0
-- The three sessions that the manual of Unregister-IscsiSession prints, and its command: the first one is unregistered.
return scenario {
  title  = "of three registered sessions the unregistered one stays away after a restart, and the two others come back",
  covers = { "seed:unregister.example", "seed:unregister.restart", "seed:register.restart", "R-ISID-009" },
  run = function(lab)
    local target = lab:target {
      name = "iqn.1991-05.com.contoso:testiscsi-deepcore-target", luns = { "1M" }, tsihs = { 2, 1, 3 },
    }
    local host = lab:initiator { name = "iqn.1991-05.com.contoso:deepcore.contoso.com", multipath_check = "off" }
    local printed = {
      { identifier = "-4000013700000001", isid = "400001370001", tsih = "0200" },
      { identifier = "-4000013700000002", isid = "400001370004", tsih = "0100" },
      { identifier = "-4000013700000003", isid = "400001370002", tsih = "0300" },
    }
    local sessions = {}
    for i, row in ipairs(printed) do
      local session = host:connect_target { node_address = target.name, isid = tonumber(row.isid, 16) }
      session:register()
      lab:equal(string.sub(session.session_identifier, 17), row.identifier, "SessionIdentifier")
      lab:equal(session.initiator_side_identifier, row.isid, "InitiatorSideIdentifier")
      lab:equal(session.target_side_identifier, row.tsih, "TargetSideIdentifier")
      lab:expect(session.is_persistent and not session.is_multipath_enabled, "persistent, and without multipath")
      sessions[i] = session
    end

    sessions[1]:unregister()
    lab:equal(sessions[1].is_persistent, false, "the first is not persistent any more")
    sessions[1]:disk(1):write {}

    host:kill()
    host:start()
    lab:within("9s", "two are back", function() return #host:get_sessions { is_connected = true } == 2 end)
    lab:sleep("1s")
    local back = host:get_sessions {}
    lab:equal(#back, 2, "and not the one that was unregistered")
    for i, session in ipairs(back) do
      lab:equal(session.initiator_side_identifier, printed[i + 1].isid, "it has its ISID again")
      session:disk(1):read {}
    end
  end,
}
