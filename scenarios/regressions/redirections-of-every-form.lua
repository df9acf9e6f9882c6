-- SPDX-License-Identifier: Apache-2.0
-- One portal by hand sends logins to a real target, in every form that an address can have; some are no address at all.
return scenario {
  title    = "a redirection is followed at once in whatever form, and changes where the session belongs only if it is for good",
  covers   = { "bug:B90", "R-REDIR-003", "R-REDIR-005" },
  liveness = "60s",
  run = function(lab)
    local forms = { "%s,1", "%s", "%s,99", "no.such.host:3260,1;%s,1", "10.9.9.9:0;%s", ";%s,1" }
    local bad   = { "", "%s:1:2", "0", "[", ",1", "no.such.host" }
    local function attempt(form, status, ipv6)
      local here  = lab:wire_target {}
      local there = lab:target { name = here.name .. ".there", luns = { "1M" }, ipv6 = ipv6 }
      local host  = lab:initiator {}
      local text  = {}
      for value in form:format(there.portals[1]):gmatch("[^;]+") do text[#text + 1] = { "TargetAddress", value } end
      local connect = host:start_connect_target { node_address = there.name, portal = here.portal, discover = false }
      here:accept {}
      local request = here:expect { opcode = "Login Request" }
      here:send { opcode = "Login Response", Status = status, ISID = request.ISID, text = #text > 0 and text or nil }
      here:expect_close {}
      return connect, here, there
    end
    for _, status in ipairs { 0x0101, 0x0102 } do
      for i, form in ipairs(forms) do
        local began = lab.now
        local connect, here, there = attempt(form, status, i % 2 == 0)
        local session = connect:wait()
        lab:expect(lab.now - began < 1000000000 + lab.slack, "it was followed at once")
        lab:equal(session.connected_portal, there.portals[1], form .. ": to where it was sent")
        lab:equal(session.portal, status == 0x0101 and here.portal or there.portals[1], form .. ": where it belongs")
        session:disk(1):write { length = "64K" }
      end
      for _, form in ipairs(bad) do
        local connect = attempt(form, status)
        lab:within("1s", "'" .. form .. "' is an error", function() return connect.error ~= nil end)
      end
    end
  end,
}
