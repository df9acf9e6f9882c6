-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title    = "a connection that ends in any way, and a connect that fails in any way, are made good",
  liveness = "120s",
  run = function(lab)
    local ends = {
      { act = "fin" }, { act = "rst", at = "before" }, { act = "cut", cut_bytes = 47 }, { act = "cut", cut_bytes = 100 },
      { act = "delay", delay = "20s" }, { act = "half_close", at = "before" },
    }
    local connects = { "refuse", "no_answer" }
    for i, fault in ipairs(ends) do
      for _, connect in ipairs(lab.is_live and { connects[1 + i % 2] } or connects) do
        local target  = lab:target { luns = { "1M" }, keys = { MaxRecvDataSegmentLength = 8192 } }
        local session = lab:initiator { profile = "linux" }:connect_target { node_address = target.name }
        local disk    = session:disk(1)
        fault.on, fault.when = target, { pdu = "Data-Out", nth = 3 }
        local first  = lab:fault(fault)
        local second = lab:fault { portal = target.portals[1], after = first, when = { connect = true }, act = connect, optional = true }
        disk:write { transfer = "64K", depth = 4 }
        disk:read { transfer = "64K" }
        lab:equal(first.fired, 1, fault.act .. " fired")
        lab:equal(session.logins, 1 + second.fired, "each lost connection cost one login")
        second:lift()
      end
    end
  end,
}
