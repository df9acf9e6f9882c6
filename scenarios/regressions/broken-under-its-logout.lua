-- SPDX-License-Identifier: Apache-2.0
-- The connection breaks between a Logout Request and its answer, with commands of the same session waiting.
return scenario {
  title  = "a session whose connection breaks under its logout is gone, and does not come back to say goodbye",
  covers = { "bug:B94" },
  run = function(lab)
    for _, pdu in ipairs { "Logout Request", "Logout Response" } do
      for _, act in ipairs(lab.is_live and { "rst" } or { "rst", "fin", "crash", "cut" }) do
        local target  = lab:target { luns = { "1M" } }
        local host    = lab:initiator { profile = "linux" }
        local session = host:connect_target { node_address = target.name }
        local disk    = session:disk(1)
        session:register()
        lab:fault { on = target, when = { scsi = "WRITE(16)" }, act = "late", delay = "5s" }
        local fault = lab:fault { on = target, when = { pdu = pdu }, act = act, at = act ~= "cut" and "before" or nil,
                                  cut_bytes = act == "cut" and 20 or nil }
        local job   = disk:start_write { length = "64K", may_fail = true }
        local began = lab.now
        session:disconnect()
        lab:expect(lab.now - began < 1000000000 + lab.slack, act .. " of the " .. pdu .. ": it has ended")
        lab:equal(fault.fired, 1, "without an answer")
        lab:within("10ms", "what waited has ended, too", function() return job.is_done end)
        if act == "crash" then target:start() end
        lab:sleep(lab.is_live and "25s" or "10min") -- longer than the target would keep it
        lab:equal(#host:get_sessions {}, 0, "it is gone")
        lab:equal(target:counters().sessions, 0, "at the target, too")
      end
    end
  end,
}
