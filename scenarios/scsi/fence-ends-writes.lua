-- SPDX-License-Identifier: Apache-2.0
-- SPC-4 5.12.11.4.4: when PREEMPT AND ABORT has ended, what the preempted one had under way has ended too, and nothing of it can come
-- later. The store is slow, so that the writes are at it. Their initiator
-- tries them again: at once where TAS tells it by status, else when they are overdue.
return scenario {
  title = "who is fenced by PREEMPT AND ABORT has no write left under way, and begins none",
  run = function(lab)
    for _, tells in ipairs { false, true } do
      local target = lab:target { luns = { "1M" }, power_on_attention = false, store_latency = "500ms" }
      local none = "0000000000000000"
      local keys = { "00000000000000a1", "00000000000000b2" }
      local winner = lab:initiator {}:connect_target { node_address = target.name }
      local fenced = lab:initiator { task_timeout = "5s" }:connect_target { node_address = target.name }
      local function reserve_out(session, action, old, new, type)
        local cdb = ("5f%02x%02x00000000001800"):format(action, type or 0)
        return session:start_command { cdb = cdb, data = old .. new .. ("00"):rep(8) }:wait()
      end
      local function start_write(session) return session:start_command { cdb = "2a000000000000000100", write = 512 } end
      if tells then -- TAS of the control mode page
        local list = "00000000" .. "0a0a0200004000000000" .. "0000"
        lab:equal(winner:start_command { cdb = "151000001000", data = list }:wait(), "GOOD", "TAS is set")
      end
      lab:equal(reserve_out(fenced, 0, none, keys[2]), "GOOD", "both register")
      lab:equal(reserve_out(winner, 0, none, keys[1]), "GOOD", "both register")
      lab:equal(reserve_out(fenced, 1, keys[2], none, 5), "GOOD", "one reserves")
      local writes = {}
      for i = 1, 4 do writes[i] = start_write(fenced) end
      lab:sleep("100ms")
      lab:equal(reserve_out(winner, 5, keys[1], keys[2], 5), "GOOD", "the other fences it")
      local read = winner:start_command { cdb = "28000000000000000100", read = 512 }
      lab:equal(read:wait(), "GOOD", "and reads")
      lab:equal(read.data, ("\0"):rep(512), "what stood there before the writes")
      for i = 1, 4 do lab:expect(tells or not writes[i].is_done, "a write of the fenced has no status") end
      for i = 1, 4 do
        lab:equal(writes[i]:wait(), "RESERVATION CONFLICT", "it was tried again, in vain")
      end
      lab:equal(start_write(fenced):wait(), "RESERVATION CONFLICT", "and writes no more")
    end
  end,
}
