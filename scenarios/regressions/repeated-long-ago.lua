-- SPDX-License-Identifier: Apache-2.0
-- Commands come twice at once, and one comes again when hundreds of others have been done behind it.
return scenario {
  title  = "a command that comes again is not done again, however many were done in between",
  covers = { "bug:B74", "R-NUM-013" },
  run = function(lab)
    local target  = lab:target { luns = { "8M" }, queue_depth = 1024, store_latency = "1ms", store_jitter = "5ms" }
    local session = lab:initiator {}:connect_target { node_address = target.name }
    local disk    = session:disk(1)
    local twice   = lab:fault { on = target, when = { pdu = "SCSI Command", chance_ppm = 50000 }, act = "duplicate", times = 0 }
    local old     = lab:fault { on = target, when = { pdu = "SCSI Command", nth = 10, W = 1 }, act = "record" }
    for _, nth in ipairs { 1, 127, 128, 129, 500, 1500 } do
      lab:fault { on = target, after = old, when = { pdu = "SCSI Command", nth = nth, W = 1 }, act = "replay", of = old }
    end
    disk:write { transfer = "4K", depth = 255 }
    disk:read { transfer = "4K", depth = 255 }
    twice:lift()
    lab:expect(twice.fired > 50, "many came twice")
    lab:equal(target:counters().writes, 2048, "each WRITE was done once")
    lab:equal(session.logins, 1, "on one connection")
  end,
}
