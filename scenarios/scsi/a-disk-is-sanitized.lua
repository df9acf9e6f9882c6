-- SPDX-License-Identifier: Apache-2.0
-- A disk of 4 MiB that takes four seconds to overwrite: whoever asks meanwhile is told how far it is, and a reset stops nothing.
return scenario {
  title = "SANITIZE goes on through a logout and a reset, and everybody is told of it",
  run = function(lab)
    local target  = lab:target { luns = { "4M" }, store_bandwidth = "1M" }
    local session = lab:initiator {}:connect_target { node_address = target.name }
    local other   = lab:initiator {}:connect_target { node_address = target.name }
    local function ends(where, cdb, result, read)
      local command = where:start_command { cdb = cdb, read = read }
      local got = command:wait()
      lab:expect(got:find(result, 1, true), cdb .. ": " .. got)
      return command.data
    end
    local function progress()
      local sense = ends(other, "03 00 00 00 fc 00", "GOOD", 252)
      if sense:byte(13) ~= 0x04 then return nil end
      lab:equal(sense:byte(14), 0x1b, "SANITIZE IN PROGRESS")
      return (sense:byte(17) << 8) | sense:byte(18)
    end
    ends(session, "48 83 00 00 00 00 00 00 00 00", "GOOD")
    session:disconnect()
    ends(other, "28 00 00000000 00 0001 00", "CHECK CONDITION, NOT READY", 512)
    local before = progress()
    lab:sleep("2s")
    lab:expect(progress() > before, "it is further")
    other:lun_reset(1)
    ends(other, "00 00 00 00 00 00", "CHECK CONDITION")
    ends(other, "00 00 00 00 00 00", "CHECK CONDITION, NOT READY")
    lab:within("10s", "it is done", function() return lab.now > 4.5e9 end)
    lab:equal(progress(), nil, "nothing is under way")
    lab:equal(ends(other, "28 00 00000000 00 0001 00", "GOOD", 512), ("\0"):rep(512), "zeros")
  end,
}
