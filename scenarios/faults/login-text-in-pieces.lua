-- SPDX-License-Identifier: Apache-2.0
-- Both halves of a text that is cut at any byte make the text that was sent, whichever end sends it.
return scenario {
  title  = "a login whose requests and responses are split at every byte is the same login",
  covers = { "R-TEXT-003", "R-TEXT-014", "R-TEXT-015" },
  run = function(lab)
    local target = lab:target { luns = { "1M" } }
    local host   = lab:initiator {}
    for _, pdu in ipairs { "Login Request", "Login Response" } do
      for nth = 1, 2 do
        for cut = 1, 200 do
          local split = lab:fault { on = target, when = { pdu = pdu, nth = nth }, act = "split_text", cut_bytes = cut, optional = true }
          local session = host:connect_target { node_address = target.name }
          session:test_unit_ready()
          session:disconnect()
          split:lift()
          if split.fired == 0 then
            lab:expect(cut > 10, "there was something to split")
            break
          end
        end
      end
    end
    lab:equal(target:counters().logins_refused, 0, "none was refused")
  end,
}
