-- SPDX-License-Identifier: Apache-2.0
-- A target that has restarted listens before it has read its configuration: "not found" is what it says of nodes it does have.
return scenario {
  title  = "a target that is not found after its restart is asked again, until it is found",
  covers = { "bug:B18" },
  run = function(lab)
    for _, status in ipairs { 0x0203, 0x0202, 0x0207, 0x0300, 0x0301, 0x0302 } do
      local target  = lab:target { luns = { "1M", "1M" } }
      local host    = lab:initiator { profile = "linux" }
      local session = host:connect_target { node_address = target.name }
      session:disk(2):write { length = "64K" }
      local early = lab:fault { on = target, when = { pdu = "Login Request" }, act = "login_status", status = status, times = 3 }
      target:kill()
      target:start()
      session:disk(2):read { length = "64K" }
      lab:equal(early.fired, 3, "it was refused three times")
      lab:equal(session.logins, 2, "and then taken")
      lab:expect(#session:luns() >= 2, "with all of its LUNs looked at")
    end
  end,
}
