-- SPDX-License-Identifier: Apache-2.0
return scenario {
  title  = "a cold reset ends every session, and every one of them comes back and goes on",
  covers = { "R-TMF-016", "R-TMF-034" },
  run = function(lab)
    local target = lab:target { luns = { "4M" } }
    local mine   = lab:initiator {}:connect_target { node_address = target.name }
    local other  = lab:initiator {}:connect_target { node_address = target.name }
    local disk   = other:disk(1)

    lab:fault { on = target, when = { scsi = "WRITE(16)", nth = 2 }, act = "late", delay = "1s" }
    local job = disk:start_write { length = "2M" }
    lab:sleep("500ms")
    lab:equal(mine:cold_reset(), "function complete", "the answer comes before the end")
    lab:within("30s", "both are back", function() return mine.logins == 2 and other.logins == 2 end)
    job:wait()
    disk:read { length = "2M" }
    lab:expect(mine:test_unit_ready(), "the unit attention of the power on was told, and is over")
  end,
}
