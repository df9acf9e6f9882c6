#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# replay.t - a failure leaves a schedule, and the schedule alone gives the same failure again
iscsilab=${ISCSILAB:-build/iscsilab}
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

# A target that comes back blank has lost what it acknowledged: the oracle must say so.
cat >"$scratch/blank.lua" <<'END'
return scenario {
  title = "a target that comes back blank keeps its data",
  run = function(lab)
    local target = lab:target { luns = { "1M" } }
    local disk = lab:initiator {}:connect_target { node_address = target.name }:disk(1)
    lab:fault { on = target, when = { pdu = "SCSI Command", nth = 3 }, act = "restart", state = "lose", delay = "1s" }
    disk:write { transfer = "64K", depth = 1 }
    disk:read {}
  end,
}
END

number=0
check () { # check NAME COMMAND...
  name=$1
  shift
  number=$((number + 1))
  if "$@"; then
    echo "ok $number - $name"
  else
    echo "not ok $number - $name"
    sed 's/^/# /' "$scratch/out" "$scratch/err"
  fi
}
ran () {
  "$iscsilab" "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
  status=$?
}
says () { grep -qF -e "$1" "$scratch/out"; }

ran run --report "$scratch/report" "$scratch/blank.lua"
check "data that is gone after a restart is wrong data" [ "$status" = 10 ]
check "the run says how many kinds of fault there are, and how many fired" \
  eval 'grep -qE "^fault kinds: [0-9]+ exist, 1 fired$" "$scratch/out"'
check "its last line is the tally" eval '[ "$(tail -n 1 "$scratch/out")" = "0 passed, 1 failed, 0 skipped" ]'
schedule=$(echo "$scratch"/report/*.schedule)
check "a schedule is among the evidence" says "$schedule"
check "it tells where the fault fired" eval 'grep -q "\"text\" : \"restart after SCSI Command #3 CmdSN=" "$schedule"'

rm "$scratch/blank.lua"
ran replay "$schedule"
check "the replay fails as the run did" [ "$status" = 10 ]
check "with the same fingerprint" says ", as in the schedule: "

sed 's/"build" : "[0-9a-f]*"/"build" : "0123456789abcdef"/' "$schedule" >"$scratch/other.schedule"
ran replay "$scratch/other.schedule"
check "of another build it says so" says "different build: the schedule is of 0123456789abcdef, this is "

sed 's/"fingerprint" : "[0-9a-f]*"/"fingerprint" : "0123456789abcdef"/' "$schedule" >"$scratch/other.schedule"
ran replay "$scratch/other.schedule"
check "another fingerprint on the same build is a failure of its own" [ "$status" = 14 ]

ran replay
check "without a file it says what is expected" \
  eval '[ $status = 2 ] && [ "$(cat "$scratch/err")" = "iscsilab replay: expected one schedule file, got none" ]'
ran replay "$scratch/err"
check "a file of another kind is refused" eval '[ $status = 2 ] && grep -q "err.: expected a JSON object$" "$scratch/err"'

echo "1..$number"
