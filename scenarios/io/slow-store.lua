-- SPDX-License-Identifier: Apache-2.0
-- Each command takes the disk from 1 to 6 ms, so that they end in another order than they were sent.
return scenario {
  title  = "commands that end late and in another order bring the right data",
  run = function(lab)
    local target  = lab:target { luns = { "1M" }, store_latency = "1ms", store_jitter = "5ms" }
    local session = lab:initiator {}:connect_target { node_address = target.name }
    local disk    = session:disk(1)

    local start = lab.now
    disk:write { transfer = "4K", depth = 32 }
    disk:read { transfer = "4K", depth = 32 }
    local spent = lab.now - start
    lab:expect(spent > 2 * 8 * 1000000, "eight rounds each way, each a millisecond or longer")
    lab:expect(spent < 2 * 256 * 1000000, "and yet side by side")
    lab:equal(session.logins, 1, "it took one login")
  end,
}
