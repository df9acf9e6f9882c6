#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# SIGINT and SIGTERM end a run in good order: soon, with the status of the signal, without a process or a directory left behind.
set -u
cd "$(dirname "$0")/../.." || exit 1
iscsilab=${ISCSILAB:-build/iscsilab}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
number=0

check () { # check NAME CONDITION...: one test
  local name=$1
  shift
  number=$((number + 1))
  if "$@"; then
    echo "ok $number - $name"
  else
    echo "not ok $number - $name"
    echo "# status $status after $spent s; left: $(ls -A "$scratch/tmp")"
    sed 's/^/# /' "$scratch/out"
  fi
}

write_scenario () { # write_scenario NAME: sits in its network's loop for 40 s
  cat >"$scratch/some/$1.lua" <<'LUA'
return scenario {
  title = "sleeps",
  run = function(lab)
    local target = lab:target { luns = { "1M" } }
    local session = lab:initiator {}:connect_target { node_address = target.name }
    session:disk(1):write { length = "64K" }
    lab:sleep("40s")
  end,
}
LUA
}

# Each live scenario has a directory below TMPDIR as soon as it has a world.
wait_for_worlds () { # wait_for_worlds COUNT
  for _ in $(seq 200); do
    [ "$(find "$scratch/tmp" -mindepth 1 -maxdepth 1 | wc -l)" -ge "$1" ] && sleep 0.3 && return
    sleep 0.05
  done
}

interrupt_with () { # interrupt_with SIGNAL: a live run of two scenarios at once
  rm -rf "$scratch/tmp"
  mkdir "$scratch/tmp"
  local start=$SECONDS
  TMPDIR="$scratch/tmp" "$iscsilab" run --live --jobs 2 "$scratch/some" >"$scratch/out" 2>&1 </dev/null &
  local pid=$!
  wait_for_worlds 2
  children=$(ps -o pid= --ppid "$pid")
  kill "-$1" "$pid"
  wait "$pid"
  status=$?
  spent=$((SECONDS - start))
}

has_children_gone () {
  local child
  [ "$(wc -w <<<"$children")" = 2 ] || return 1
  for child in $children; do
    [ -e "/proc/$child" ] && return 1
  done
  return 0
}

mkdir "$scratch/some"
write_scenario one
write_scenario two
for signal in INT TERM; do
  set -m # a job of its own: else the shell lets it ignore SIGINT
  interrupt_with "$signal"
  set +m
  check "SIG$signal: the status is the signal's" [ "$status" = $((128 + $(kill -l "$signal"))) ]
  check "SIG$signal: it ends at once" [ "$spent" -lt 10 ]
  check "SIG$signal: it says what was not run" grep -q "^interrupted: 2 of 2" "$scratch/out"
  check "SIG$signal: its scenarios' processes are gone" has_children_gone
  check "SIG$signal: no directory is left" [ -z "$(ls -A "$scratch/tmp")" ]
done
echo "1..$number"
