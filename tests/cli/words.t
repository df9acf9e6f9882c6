#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What words say of values that cannot be: each is told with what was expected and what came.
set -u
cd "$(dirname "$0")/../.." || exit 1
iscsilab=${ISCSILAB:-build/iscsilab}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
number=0

says () { # says NAME EXPECTED LUA: a scenario with this text in it fails with this message
  number=$((number + 1))
  cat >"$scratch/one.lua" <<LUA
return scenario {
  title = "wrong",
  run = function(lab)
    local target = lab:target { luns = { "1M" } }
    local host = lab:initiator {}
    $3
  end,
}
LUA
  "$iscsilab" run "$scratch/one.lua" >"$scratch/out" 2>&1 </dev/null
  if grep -qF "$2" "$scratch/out"; then
    echo "ok $number - $1"
  else
    echo "not ok $number - $1"
    sed 's/^/# /' "$scratch/out"
  fi
}

says 'a link has two different ends' 'expected an initiator at one end and a target at the other, got two initiators' \
  'lab:link { from = host, to = host }'
says 'an end is a machine or a portal' 'expected an initiator, a target or a portal as '\''address:port'\'', got number' \
  'lab:link { from = host, to = 5 }'
says 'a portal is one of a target' 'expected a portal of a target of this scenario, got '\''192.0.2.1:3260'\' \
  'lab:link { from = host, to = "192.0.2.1:3260" }'
says 'a partition has a direction' \
  ''\''partition'\'': expected '\''to_target'\'', '\''to_initiator'\'', '\''both'\'' or '\''none'\'', got '\''east'\' \
  'lab:link { from = host, to = target, partition = "east" }'
says 'conditions are of some direction' \
  ''\''direction'\'': expected '\''to_target'\'', '\''to_initiator'\'' or '\''both'\'', got '\''none'\' \
  'lab:link { from = host, to = target, direction = "none" }'
says 'a loss of everything is a partition' \
  'expected a '\''loss_ppm'\'' of at most 500000 and a '\''corrupt_ppm'\'' of at most 1000000, got 600000 and 0' \
  'lab:link { from = host, to = target, loss_ppm = 600000 }'
says 'a paused initiator takes no orders' 'expected a process that runs, got one that is paused' \
  'host:pause() host:connect_target { node_address = target.name }'
says 'nor does its session' 'expected a process that runs, got one that is paused' \
  'local s = host:connect_target { node_address = target.name } host:pause() s:inquiry()'
says 'a host that is down cannot be paused' 'expected one that is up, got one that is down' 'host:kill() host:pause()'
says 'a clock jumps by a time' 'expected a time, as '\''1h'\'' or '\''-30s'\'', got '\''-soon'\' 'host:clock_jump("-soon")'
gone='local linux = lab:initiator { profile = "linux" }
   local s = linux:connect_target { node_address = target.name }'
down='lab:within("11s", "down", function() return not s.is_connected end)'
says 'a partition that is never healed fails the run' 'liveness: after the last fault all gets well' \
  "$gone lab:link { from = linux, to = target, partition = 'both' } $down"
says 'a pause that is never resumed does, too' 'liveness: after the last fault all gets well' \
  "$gone target:pause() $down"
says 'keys have names' "lab:initiator: 'keys': expected the name of a key that is negotiated, got 'Colour'" \
  'lab:initiator { keys = { Colour = "Blue" } }'
says 'keys are no list' "lab:target: 'keys': expected names of keys, got a list" \
  'lab:target { keys = { "InitialR2T" } }'
says 'keys are a table' "lab:initiator: 'keys': expected a table, got number" 'lab:initiator { keys = 5 }'
says 'a key has a value of its kind' "'DataPDUInOrder'" 'lab:initiator { keys = { DataPDUInOrder = "Perhaps" } }'
says 'what no engine can do is not promised' \
  "lab:target: 'keys': 'ErrorRecoveryLevel': expected what both engines can do, got '2'" \
  'lab:target { keys = { ErrorRecoveryLevel = 2 } }'
says 'TSIHs are a list' "lab:target: 'tsihs': expected a list of numbers, got number" 'lab:target { tsihs = 5 }'
says 'no session has TSIH 0' "lab:target: 'tsihs': expected numbers of 1 to 65535, got 0" 'lab:target { tsihs = { 1, 0 } }'
says 'a timer is a time' "lab:initiator: 'hold': expected a time, as '30s', '5ms', '2min' or whole seconds, got 'long'" \
  'lab:initiator { hold = "long" }'
says 'an ISID of the reserved type is refused' 'expected an ISID of 48 bits whose type is not 11b, got c00000000001' \
  'host:connect_target { node_address = target.name, isid = 0xc00000000001 }'
says 'an ISID belongs to one session' 'expected an ISID that is free, got 400001370009 of session' \
  'for _ = 1, 2 do
     host:connect_target { node_address = target.name, isid = 0x400001370009, is_multipath_enabled = true }
   end'
says 'not_live is a reason' "scenario: 'not_live': expected a string, got boolean" \
  'scenario { title = "x", run = print, not_live = true }'

printf 'return scenario { title = "exact", not_live = "its reason", run = function(lab) lab:sleep("1s") end }\n' \
  >"$scratch/exact.lua"
number=$((number + 1))
if "$iscsilab" run "$scratch/exact.lua" | grep -q '^1 passed, 0 failed, 0 skipped' \
  && "$iscsilab" run --live "$scratch/exact.lua" | grep -q '(its reason)'; then
  echo "ok $number - a scenario that is nothing for real time is skipped there, with its reason"
else
  echo "not ok $number - a scenario that is nothing for real time is skipped there, with its reason"
fi
echo "1..$number"
