-- SPDX-License-Identifier: Apache-2.0
-- SPC-2 5.5.1: RESERVE(6) lasts until its maker releases it or is gone, or a reset comes.
return scenario {
  title = "a unit reserved with RESERVE(6) is its maker's alone, as long as its session lasts",
  run = function(lab)
    local target = lab:target { luns = { "1M" }, power_on_attention = false }
    local owner = lab:initiator {}:connect_target { node_address = target.name }
    local other = lab:initiator {}:connect_target { node_address = target.name }
    local function six(session, opcode) return session:start_command { cdb = opcode .. "0000000000" }:wait() end
    lab:equal(six(owner, "16"), "GOOD", "reserved")
    lab:equal(six(other, "00"), "RESERVATION CONFLICT", "the other does not even get TEST UNIT READY")
    lab:equal(six(other, "17"), "GOOD", "it releases nothing")
    lab:equal(six(other, "16"), "RESERVATION CONFLICT", "and reserves nothing")
    lab:equal(owner:lun_reset(1), "function complete", "a reset")
    lab:equal(six(other, "16"), "GOOD", "ends it")
    other:disconnect()
    lab:equal(six(owner, "00"), "GOOD", "a logout does, too")
  end,
}
