-- SPDX-License-Identifier: Apache-2.0
-- The judge of exactly-once watches the tasks; who waits for the function is told once, by an error.
return scenario {
  title  = "a function whose connection breaks ends once, with an error, and its tasks are done again",
  covers = { "bug:B56", "bug:B62" },
  run = function(lab)
    local words = { "abort", "abort_task_set", "clear_task_set", "lun_reset", "target_reset" }
    for _, pdu in ipairs { "Task Management Function Request", "Task Management Function Response" } do
      for _, word in ipairs(words) do
        local target  = lab:target { luns = { "1M" } }
        local session = lab:initiator {}:connect_target { node_address = target.name }
        local disk    = session:disk(1)
        lab:fault { on = target, when = { scsi = "WRITE(16)" }, act = "late", delay = "3s", times = 4 }
        local job   = disk:start_write { length = "256K", transfer = "64K", depth = 4 }
        lab:sleep("1s")
        local fault = lab:fault { on = target, when = { pdu = pdu }, act = "rst", at = "before" }
        local ok, why = pcall(session[word], session, word:find("abort$") == nil and word ~= "target_reset" and 1 or nil)
        lab:expect(not ok, word .. " is an error")
        lab:expect(tostring(why):find("connection", 1, true) ~= nil, "that says why: " .. tostring(why))
        lab:equal(fault.fired, 1, "its connection broke")
        job:wait()
        disk:read { length = "256K" }
        lab:equal(session.logins, 2, "one more login")
      end
    end
  end,
}
