-- SPDX-License-Identifier: Apache-2.0
-- Lost on the way there, on the way back, or answered: a logout has a bound of its own, and an answered one is no error.
return scenario {
  title  = "a logout that nobody answers ends by its own time, and the session with it",
  covers = { "bug:B22" },
  run = function(lab)
    local lost = { { pdu = "Logout Request" }, { pdu = "Logout Response" } }
    for _, act in ipairs(lab.is_live and { "drop" } or { "drop", "rst", "fin", "black_hole" }) do
      for _, when in ipairs(lost) do
        local target  = lab:target { luns = { "1M" } }
        local host    = lab:initiator {}
        local session = host:connect_target { node_address = target.name }
        lab:fault { on = target, when = when, act = act, at = act ~= "drop" and "before" or nil }
        local began = lab.now
        session:disconnect()
        lab:expect(lab.now - began <= 15000000000 + lab.slack, act .. " of a " .. when.pdu .. ": it has ended")
        lab:equal(#host:get_sessions {}, 0, "it is gone")
        lab:sleep(lab.is_live and "25s" or "5min")
        lab:equal(target:counters().logins, 1, "and does not come back")
        if act ~= "black_hole" then lab:equal(target:counters().sessions, 0, "the target has forgotten it") end
      end
    end
    local target  = lab:target {}
    local session = lab:initiator {}:connect_target { node_address = target.name }
    local began   = lab.now
    session:disconnect()
    lab:expect(lab.now - began < 1000000000 + lab.slack, "an answered logout takes no time")
  end,
}
