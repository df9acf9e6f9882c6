-- SPDX-License-Identifier: Apache-2.0
-- RFC 7143 11.1: padding should be zero, and nothing hangs on it. Odd lengths come in logins: names are as long as they are.
return scenario {
  title = "padding that is not zero harms nobody",
  run = function(lab)
    local target = lab:target { luns = { "1M" } }
    local asked = lab:fault { on = target, when = { pdu = "Login Request" }, act = "bad_padding" }
    local told  = lab:fault { on = target, when = { pdu = "Login Response" }, act = "bad_padding" }
    local session = lab:initiator {}:connect_target { node_address = target.name }
    session:disk(1):write { length = "64K" }
    lab:equal(asked.fired + told.fired, 2, "both ends met such padding")
    lab:equal(session.logins, 1, "it took one login")
  end,
}
