-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "a session keeps its identifier and its ISID through three lost connections, and gets a new identifier with a restart",
  covers = { "R-ISID-004", "seed:get.session-identifier" },
  run = function(lab)
    local target  = lab:target { luns = { "1M" } }
    local host    = lab:initiator {}
    local session = host:connect_target { node_address = target.name }
    local id, isid = session.session_identifier, session.initiator_side_identifier
    local disk    = session:disk(1)
    session:register()

    for n = 1, 3 do
      lab:fault { on = target, when = { pdu = "SCSI Response", nth = 3 }, act = "rst", at = "before" }
      disk:write { transfer = "64K" }
      disk:read {}
      lab:equal(session.logins, n + 1, "it has logged in again")
      lab:equal(session.session_identifier, id, "the same SessionIdentifier")
      lab:equal(session.initiator_side_identifier, isid, "the same ISID")
    end

    host:kill()
    host:start()
    lab:within("5s", "it is back", function() return #host:get_sessions { is_connected = true } == 1 end)
    local again = host:get_sessions {}[1]
    lab:expect(again.session_identifier ~= id, "another SessionIdentifier")
    lab:equal(again.initiator_side_identifier, isid, "the same ISID")
    again:disk(1):read {}
  end,
}
