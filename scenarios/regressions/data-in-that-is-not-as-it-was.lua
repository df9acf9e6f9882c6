-- SPDX-License-Identifier: Apache-2.0
-- One Data-In is dropped, doubled, out of order, at the wrong place, or its count in the status is wrong. The oracle judges what
-- the reader gets.
return scenario {
  title    = "data that come incompletely, doubled or out of order cost the connection, and are never taken as good",
  covers   = { "bug:B76" },
  liveness = "60s",
  run = function(lab)
    local changes = {
      { "Data-In", act = "drop" }, { "Data-In", act = "duplicate" }, { "Data-In", act = "reorder" },
      { "Data-In", act = "overwrite", add = { DataSN = 1 } }, { "Data-In", act = "overwrite", add = { DataSN = -1 } },
      { "Data-In", act = "overwrite", add = { BufferOffset = 4 } }, { "Data-In", act = "overwrite", add = { BufferOffset = -4096 } },
      { "Data-In", act = "shorten", cut_bytes = 100 },
    }
    for _, change in ipairs(changes) do
      for _, nth in ipairs { 2, 5 } do
        local target  = lab:target { luns = { "1M" } }
        local session = lab:initiator { profile = "linux" }:connect_target { node_address = target.name }
        local disk    = session:disk(1)
        disk:write { length = "512K", transfer = "512K" }
        disk:write { length = "512K", transfer = "512K" }
        local fault = lab:fault { on = target, when = { pdu = change[1], nth = nth }, act = change.act, add = change.add, cut_bytes = change.cut_bytes }
        disk:read { length = "512K", transfer = "64K" }
        lab:equal(fault.fired, 1, change.act)
        lab:equal(session.logins, 2, change.act .. ": it cost the connection")
      end
    end
  end,
}
