-- SPDX-License-Identifier: Apache-2.0
-- A relogin ends in the midst of a Login Request or Login Response: behind each byte of its header and drawn bytes of its text.
return scenario {
  title  = "a login that is cut at any byte is done again",
  covers = { "R-MODEL-001" },
  run = function(lab)
    local target = lab:target { luns = { "1M" } }
    local session = lab:initiator {}:connect_target { node_address = target.name }
    local disk, logins = session:disk(1), 1

    for _, pdu in ipairs { "Login Request", "Login Response" } do
      for cut = 0, 55, lab.is_live and 27 or 1 do
        local bytes = cut < 48 and cut or 47 + lab:draw(30)
        local first = lab:fault { on = target, when = { pdu = "SCSI Command" }, act = "rst" }
        local fault = lab:fault { on = target, after = first, act = "cut", cut_bytes = bytes,
                                  when = { pdu = pdu, CSG = cut % 2 }, times = 1 + cut % 2 }
        disk:write { length = "4K" }
        logins = logins + 1
        lab:equal(fault.fired, 1 + cut % 2, pdu .. " was cut behind byte " .. bytes)
        lab:equal(session.logins, logins, "the session is back")
      end
    end
    disk:read { length = "4K" }
  end,
}
