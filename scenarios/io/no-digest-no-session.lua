-- SPDX-License-Identifier: Apache-2.0
-- A digest that is asked for is required, as with the original: a session without it would only look protected.
return scenario {
  title  = "a target that agrees to no digest gets no session that asked for one",
  covers = { "R-TEXT-034", "R-KEY-005" },
  run = function(lab)
    local target = lab:target { luns = { "1M" }, keys = { HeaderDigest = "None", DataDigest = "None" } }
    local host   = lab:initiator {}
    lab:equal(target:counters().logins, 0, "nobody has logged in")
    for _, digest in ipairs { "header_digest", "data_digest" } do
      local is_good, message = pcall(host.connect_target, host, { node_address = target.name, [digest] = true })
      lab:equal(is_good, false, "connecting with a " .. digest .. " fails")
      lab:expect(message:find("Digest'"), "the error names the key: " .. message)
    end
    lab:equal(#host:get_sessions {}, 0, "no session is left behind")

    local session = host:connect_target { node_address = target.name }
    lab:equal(session.is_header_digest or session.is_data_digest, false, "without digests it goes")
  end,
}
