-- SPDX-License-Identifier: Apache-2.0
-- People type names in any case, and there are three kinds of them. What is no name is refused before anything is sent.
return scenario {
  title  = "names are prepared where they are typed, and refused if they cannot be",
  covers = { "R-NAME-002", "R-NAME-004", "R-NAME-006", "R-NAME-009" },
  run = function(lab)
    local host = lab:initiator { name = "IQN.1991-05.com.Contoso:Host" }
    lab:equal(host.name, "iqn.1991-05.com.contoso:host", "a name is in lower case")

    local longest = "iqn.2001-04.com.example:" .. ("x"):rep(223 - 24)
    for _, name in ipairs { "IQN.2001-04.com.Example:Disk", "eui.02004567A425678D", "naa.52004567BA64678D", longest } do
      local target  = lab:target { name = name, luns = { "1M" } }
      local session = host:connect_target { node_address = name }
      lab:equal(session.target_node_address, name:lower(), "the session has the prepared name")
      session:disk(1):write { length = "64K" }
    end

    local portal = lab:target {}.portals[1]
    for _, name in ipairs { "disk", "iqn.2001-13.com.example", "eui.1234", "iqn.2001-04.com.example:a_b" } do
      local is_good, message = pcall(host.connect_target, host, { node_address = name, portal = portal })
      lab:equal(is_good, false, "'" .. name .. "' is no name")
      lab:expect(message:find("name '" .. name .. "': expected", 1, true), "the error says why: " .. message)
    end
  end,
}
