#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# map.t - the map of two scenarios says of a line of the engines which of the two reaches it (needs a build of its own: check-long)
set -u
cd "$(dirname "$0")/../.." || exit 1
scratch=$(mktemp -d)
output=$scratch/output
map=$scratch/map
trap 'rm -rf "$scratch"' EXIT
plain=scenarios/io/ipv6.lua
mpio=scenarios/mpio/round-robin-shares.lua

number=0
check () { # check NAME CONDITION...: one test
  local name=$1
  shift
  number=$((number + 1))
  if "$@"; then
    echo "ok $number - $name"
  else
    echo "not ok $number - $name"
    sed 's/^/# /' "$output"
  fi
}
ran () { # ran PROGRAM ARGUMENT...: keeps status, output
  "$@" >"$output" 2>&1 </dev/null
  status=$?
}
is_status () { [ "$status" = "$1" ]; }
output_is () { [ "$(cat "$output")" = "$1" ]; }
place () { # place FILE TEXT: "FILE:LINE" of the one line that holds it
  echo "$1:$(grep -nF -m1 -e "$2" "$1" | cut -d: -f1)"
}

ran tests/coverage/map --map "$map" "$plain" "$mpio"
check 'a map is made of two scenarios' is_status 0
where=$(place initiator/mpio/policy.c 'disk->cursor = index + 1;')
ran tests/coverage/which --map "$map" "$where"
check 'a line that one of them reaches' output_is "$where: 1 of 2 scenarios"$'\n'"  $mpio"
where=$(place target-sim/scsi/store-ram.c 'memcpy (ram_page_for_write (ram,')
ran tests/coverage/which --map "$map" "$where"
check 'a line that both reach' output_is "$where: 2 of 2 scenarios"$'\n'"  $plain"$'\n'"  $mpio"
where=$(place initiator/redirect.c 'session->portal = redirect->moved_to;')
ran tests/coverage/which --map "$map" "$where"
check 'a line that none reaches' is_status 1
ran tests/coverage/map --map "$map" no-such-scenario.lua
check 'a path that is not there is an error' is_status 2
echo "1..$number"
