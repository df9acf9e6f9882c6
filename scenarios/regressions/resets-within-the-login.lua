-- SPDX-License-Identifier: Apache-2.0
-- The target accepts, and resets after 0, 1 and 47 bytes of its Login Response, and behind it.
return scenario {
  title    = "a connection that breaks anywhere in its login is one error for a caller, one retry for a session",
  covers   = { "bug:B10" },
  liveness = "60s",
  run = function(lab)
    for _, bytes in ipairs { 0, 1, 47, 48, 49 } do
      local target = lab:target { luns = { "1M" } }
      local host   = lab:initiator {}
      local function cut(times)
        return lab:fault { on = target, when = { pdu = "Login Response" }, act = "cut", cut_bytes = bytes, times = times }
      end
      local first = cut(1)
      local ok = pcall(host.connect_target, host, { node_address = target.name, discover = false, portal = target.portals[1] })
      lab:expect(not ok and first.fired == 1, "the first login is an error")
      lab:equal(#host:get_sessions {}, 0, "and nothing goes on")

      local session = host:connect_target { node_address = target.name }
      local disk    = session:disk(1)
      local relogin = cut(3)
      lab:fault { on = target, when = { pdu = "SCSI Command", nth = 2 }, act = "rst" }
      local job = disk:start_write { length = "256K", transfer = "64K" }
      lab:sleep("11s")
      lab:equal(relogin.fired, 2, "a retry each 5 s, and none between")
      job:wait()
      lab:equal(relogin.fired, 3, "a third one")
      disk:read { length = "256K" }
      lab:equal(session.logins, 2, "then it was back")
    end
  end,
}
