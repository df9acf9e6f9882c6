-- SPDX-License-Identifier: Apache-2.0
-- Each kind of answer is lost, or its connection breaks, or its session is given up meanwhile; each request has its end.
return scenario {
  title    = "whatever kind of request is not answered, it ends as that kind has to, and in time",
  covers   = { "bug:B32" },
  liveness = "120s",
  run = function(lab)
    local function write(_, session, disk) disk:write { length = "4K", timeout = "5s" } return session.logins == 2 end
    local function manage(_, session) return not pcall(session.clear_task_set, session, 1) end
    local function ping(_, session) lab:sleep("16s") return session.logins == 2 and session.is_connected end
    local function log_out(host, session) session:disconnect() return #host:get_sessions {} == 0 end
    local function discover(host, _, _, target) return not pcall(host.discover, host, { portal = target.portals[1] }) end
    local function log_in(host, _, _, target)
      return not pcall(host.connect_target, host, { node_address = target.name, portal = target.portals[1],
                                                    discover = false, is_multipath_enabled = true })
    end
    local kinds = {
      { "SCSI Response", write, "50s" }, { "Task Management Function Response", manage, "16s" }, { "NOP-In", ping, "16s" },
      { "Logout Response", log_out, "15s" }, { "Text Response", discover, "30s" }, { "Login Response", log_in, "15s" },
    }
    for _, kind in ipairs(kinds) do
      for _, act in ipairs(lab.is_live and { "drop", "rst" } or { "drop", "rst", "fin", "black_hole" }) do
        local target  = lab:target { luns = { "1M" } }
        local host    = lab:initiator { profile = "linux" }
        local session = host:connect_target { node_address = target.name }
        local disk    = session:disk(1)
        local fault   = lab:fault { on = target, when = { pdu = kind[1] }, act = act, at = act ~= "drop" and "before" or nil }
        local began   = lab.now
        lab:expect(kind[2](host, session, disk, target) and fault.fired == 1, act .. " of " .. kind[1] .. ": it ended as it has to")
        lab:expect(lab.now - began <= tonumber(kind[3]:sub(1, -2)) * 1000000000 + 100000000 + lab.slack, "in its time")
        fault:lift()
      end
    end
    for _, ask in ipairs { manage, log_out, discover, log_in } do -- of a target that hangs
      local target  = lab:target { luns = { "1M" } }
      local host    = lab:initiator { profile = "linux" }
      local session = host:connect_target { node_address = target.name }
      local began   = lab.now
      target:pause()
      lab:expect(ask(host, session, nil, target), "it ended as it has to")
      lab:expect(lab.now - began <= 31 * 1000000000 + lab.slack, "in its time")
      target:resume()
    end
  end,
}
