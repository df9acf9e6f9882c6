-- SPDX-License-Identifier: Apache-2.0
-- A write lies in the network when its machine loses power. It must find its session dead when it comes out: the restored session
-- has the ISID of the old one, so that the target ended that, though its neighbour, which was not registered, is not there.
return scenario {
  title  = "a write from before a power cut never lands on what was written after the restart",
  covers = { "seed:register.restart", "R-ISID-004", "R-REIN-009" },
  run = function(lab)
    local target  = lab:target { portals = 2, luns = { "1M" } }
    local host    = lab:initiator {}
    host:connect_target { node_address = target.name, portal = target.portals[1] }
    local session = host:connect_target { node_address = target.name, portal = target.portals[2] }
    local isid    = session.initiator_side_identifier
    local disk    = session:disk(1)
    session:register()
    disk:write {}

    local hole = lab:fault { on = target, portal = target.portals[2], when = { pdu = "SCSI Command" }, act = "black_hole",
                             at = "before", direction = "to_target" }
    disk:start_write { length = "64K", may_fail = true }
    lab:within("5s", "the write is under way", function() return hole.fired == 1 end)
    host:power_cut()
    host:start()
    lab:within("5s", "the registered one is back", function() return #host:get_sessions { is_connected = true } == 1 end)
    local again = host:get_sessions {}[1]
    lab:check("R-ISID-004", again.initiator_side_identifier == isid, "under its old ISID")
    lab:check("R-REIN-009", target:counters().reinstatements == 1, "in the place of its old instance")
    again:disk(1):write {}
    local writes = target:counters().writes

    hole:lift()
    lab:sleep("1s")
    lab:equal(target:counters().writes, writes, "the old write came to nothing")
    again:disk(1):read {}
  end,
}
