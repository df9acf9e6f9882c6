-- SPDX-License-Identifier: Apache-2.0
-- Class 3 means later, class 2 means not like this (RFC 7143 11.13.5); the service goes on trying in both cases.
return scenario {
  title    = "a relogin that the target refuses for a while is tried again until it succeeds",
  covers   = { "R-LOGIN-076", "R-LOGIN-063", "R-LOGIN-064" },
  liveness = "120s",
  run = function(lab)
    for _, status in ipairs { 0x0300, 0x0301, 0x0302, 0x0200, 0x0203 } do
      local target  = lab:target { luns = { "1M" } }
      local session = lab:initiator {}:connect_target { node_address = target.name }
      local disk    = session:disk(1)
      local refused = lab:fault { on = target, when = { pdu = "Login Request" }, act = "login_status", status = status, times = 2 }
      lab:fault { on = target, when = { pdu = "SCSI Command" }, act = "rst" }
      disk:write { length = "64K" }
      lab:equal(refused.fired, 2, "it was refused twice")
      lab:equal(session.logins, 2, "and then let in")
      lab:equal(target:counters().logins_refused, 0, "the target itself knows nothing of it")
    end
  end,
}
