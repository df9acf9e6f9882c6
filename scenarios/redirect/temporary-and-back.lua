-- SPDX-License-Identifier: Apache-2.0
-- Field bug class: after a temporary redirection the relogin went to the stand-in instead of the original portal.
return scenario {
  title  = "a temporary redirection is followed at once, and the next login begins at the original portal",
  covers = { "R-REDIR-003", "R-REDIR-005" },
  run = function(lab)
    local target = lab:target { portals = 2 }
    local here, there = target.portals[1], target.portals[2]
    local host = lab:initiator {}
    target:redirect { portal = here, to = there }

    local began   = lab.now
    local session = host:connect_target { node_address = target.name, portal = here }
    lab:expect(lab.now - began < 1000000000 + lab.slack, "it did not wait before it followed")
    lab:check("R-REDIR-003", session.connected_portal == there, "where it was sent")
    lab:equal(session.portal, here, "where it belongs")
    session:disk(1):write { length = "1M" }

    target:redirect_off()
    lab:fault { on = target, portal = there, when = { pdu = "SCSI Command" }, act = "rst" }
    session:disk(1):read { length = "1M" }
    lab:equal(session.logins, 2, "one more login")
    lab:check("R-REDIR-005", session.connected_portal == here, "back at the original portal")
  end,
}
