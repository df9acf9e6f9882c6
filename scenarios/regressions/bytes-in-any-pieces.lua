-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "PDUs that arrive in pieces of any size, late and together, are the same PDUs",
  covers = { "bug:B170" },
  run = function(lab)
    for _, segment in ipairs { 7, 536, 1448 } do
      for _, digests in ipairs { false, true } do
        local target  = lab:target { luns = { "256K" }, keys = { MaxRecvDataSegmentLength = 4096 + segment } }
        local host    = lab:initiator {}
        lab:link { from = host, to = target, segment = segment, latency = "1ms", jitter = "500us" }
        local session = host:connect_target { node_address = target.name, header_digest = digests, data_digest = digests }
        local disk    = session:disk(1)
        local length  = segment < 10 and "32K" or "256K"
        disk:write { length = length, transfer = "16K", depth = 4 }
        disk:read { length = length, transfer = "8K", depth = 8 }
        lab:equal(session.logins, 1, "on one connection")
      end
    end
  end,
}
