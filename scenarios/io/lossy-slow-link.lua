-- SPDX-License-Identifier: Apache-2.0
-- Two megabytes a second, ten milliseconds each way, and one segment of a thousand is lost and sent again.
return scenario {
  title  = "a slow link that loses segments costs time and nothing else",
  run = function(lab)
    local target  = lab:target { luns = { "1M" } }
    local host    = lab:initiator {}
    lab:link { from = host, to = target, latency = "10ms", jitter = "2ms", bandwidth = "2M",
               loss_ppm = 1000, segment = 1460 }
    local session = host:connect_target { node_address = target.name }
    local disk    = session:disk(1)

    local start = lab.now
    disk:write {}
    disk:read {}
    lab:expect(lab.now - start > 1000000000, "two megabytes take a second and more")
    lab:equal(session.logins, 1, "the connection lived on")
  end,
}
