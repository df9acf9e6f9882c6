-- SPDX-License-Identifier: Apache-2.0
-- Both digests, either one, none: the same data comes back, and a logout and a second login carry them as well.
return scenario {
  title  = "data travels under header and data digests",
  covers = { "R-KEY-005", "R-KEY-007", "R-DIG-001", "R-DIG-002", "R-DIG-003" },
  run = function(lab)
    local target = lab:target { luns = { "1M" } }
    local host   = lab:initiator {}
    for _, header in ipairs { true, false } do
      for _, data in ipairs { true, false } do
        local session = host:connect_target {
          node_address = target.name, header_digest = header, data_digest = data,
        }
        lab:equal(session.is_header_digest, header, "the header digest is what was asked for")
        lab:equal(session.is_data_digest, data, "the data digest is what was asked for")
        lab:equal(session:inquiry().device_type, 0, "a short answer arrives")

        local disk = session:disk(1)
        disk:write { transfer = "64K", depth = 4 }
        disk:read { transfer = "64K", depth = 4 }
        lab:equal(session.logins, 1, "it took one login")
        session:disconnect()
      end
    end
  end,
}
