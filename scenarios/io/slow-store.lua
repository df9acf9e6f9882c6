-- SPDX-License-Identifier: Apache-2.0
-- Each command takes the disk from 10 to 60 ms, so that they end in another order than they were sent.
return scenario {
  title  = "commands that end late and in another order bring the right data",
  run = function(lab)
    local target  = lab:target { luns = { "1M" }, store_latency = "10ms", store_jitter = "50ms" }
    local session = lab:initiator {}:connect_target { node_address = target.name }
    local disk    = session:disk(1)

    local start = lab.now
    disk:write { transfer = "4K", depth = 32 }
    disk:read { transfer = "4K", depth = 32 }
    local spent = lab.now - start
    lab:expect(spent > 2 * 8 * 10000000, "eight rounds each way, each ten milliseconds or longer")
    lab:expect(spent < 2 * 256 * 10000000 + lab.slack, "and yet side by side")
    lab:equal(session.logins, 1, "it took one login")
  end,
}
