#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# coverage.t - `iscsilab run --coverage` keeps a foreign peer's counters apart by scenario; tests/coverage/which reads the map
#
# The peer that was built with counters is a stand-in: a tgtd of a few lines, before the real one in PATH, which becomes that.
set -u
cd "$(dirname "$0")/../.." || exit 1
iscsilab=${ISCSILAB:-build/iscsilab}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
writes=scenarios/io/write-and-read-back.lua
luns=scenarios/io/report-luns.lua

number=0
say () { # say ok|not\ ok NAME
  number=$((number + 1))
  echo "$1 $number - $2"
}
check () { # check NAME CONDITION...: one test
  local name=$1
  shift
  if "$@"; then
    say ok "$name"
    return
  fi
  say 'not ok' "$name"
  echo "# status: $status"
  sed 's/^/# stdout: /' "$scratch/out"
  sed 's/^/# stderr: /' "$scratch/err"
}
skip () { # skip REASON NAME...
  local reason=$1 name
  shift
  for name in "$@"; do
    say ok "$name # SKIP $reason"
  done
}
ran () { # ran PROGRAM ARGUMENT...: keeps status, stdout, stderr
  "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
  status=$?
}
is_status () { [ "$status" = "$1" ]; }
says () { grep -qF -e "$1" "$scratch/out"; }
complains () { grep -qF -e "$1" "$scratch/err"; }
stdout_is () { [ "$(cat "$scratch/out")" = "$1" ]; }

# ---- nothing with counters ----

cat >"$scratch/empty.lua" <<'END'
return scenario {
  title = "nothing happens",
  run = function (lab) end,
}
END
ran "$iscsilab" run --no-recheck --coverage "$scratch/none" "$scratch/empty.lua"
if [ -n "$(find "$scratch/none" -name '*.gcda' -print -quit)" ]; then
  skip 'iscsilab itself was built with counters' 'no counters at all are an error' 'the error says what was expected'
else
  check 'no counters at all are an error' is_status 3
  check 'the error says what was expected' complains \
    "directory '$scratch/none': expected counters of a program built with --coverage, got none"
fi
ran "$iscsilab" run --coverage "$scratch/empty.lua/below" "$scratch/empty.lua"
check 'a directory that cannot be made is an error' is_status 3

# ---- a peer with counters ----

peer_run () {
  PATH=$scratch/peer:$PATH ran "$iscsilab" run --target tgtd --coverage "$scratch/kept" "$writes" "$luns"
}
index_is_right () {
  local own
  own=$(printf '%s\t%s\n' "$writes" "$scratch/kept/scenarios-io-write-and-read-back.lua$scratch/peer" \
    "$luns" "$scratch/kept/scenarios-io-report-luns.lua$scratch/peer")
  [ "$(cat "$scratch/kept/index")" = "$own" ]
}
# Each scenario started the stand-in once, and counted its one line once, however often the run was repeated.
counted_once () {
  local counts
  counts=$(cut -f2 "$scratch/kept/index" | while read -r directory; do
    cp -p "$scratch/peer/tgtd.c" "$scratch/peer/tgtd.gcno" "$directory"
    (cd "$directory" && gcov --stdout tgtd.gcda 2>/dev/null) | grep -c '^ *1: *3:'
  done)
  [ "$counts" = $'1\n1' ]
}

tests=('scenarios pass against a peer with counters' 'the index names the directories of each scenario'
  'each scenario has the counters of its own peer' 'counters of an earlier run are not added to')
real=$(PATH=$PATH:/usr/sbin command -v tgtd)
mkdir "$scratch/peer"
cat >"$scratch/peer/tgtd.c" <<END
#include <unistd.h>
int main (int argc, char **argv) {
  return execv ("$real", argv);
}
END
if [ -z "$real" ]; then
  skip 'tgtd is not installed (Debian package tgt)' "${tests[@]}"
elif ! (cd "$scratch/peer" && gcc --coverage -O0 -o tgtd tgtd.c) 2>"$scratch/err"; then
  skip 'gcc has no --coverage here' "${tests[@]}"
else
  peer_run
  check "${tests[0]}" says 'coverage: counters of 2 of 2 scenarios'
  check "${tests[1]}" index_is_right
  check "${tests[2]}" counted_once
  peer_run
  check "${tests[3]}" counted_once
fi

# ---- the map ----

cat >"$scratch/map" <<'END'
scenario 0 scenarios/a.lua
scenario 1 scenarios/b.lua
scenario 2 scenarios/c.lua
file world/queue.c
line 10 0-2
line 11 1
line 14 -
END
which () { ran tests/coverage/which --map "$scratch/map" "$@"; }

which world/queue.c:11
check 'a line is asked for its scenarios' stdout_is $'world/queue.c:11: 1 of 3 scenarios\n  scenarios/b.lua'
which world/queue.c:11-14
check 'a range of lines has those of each' stdout_is $'world/queue.c:11-14: 1 of 3 scenarios\n  scenarios/b.lua'
which world/queue.c:14
check 'a line that none reaches' is_status 1
which world/queue.c
check 'a file is told line by line' stdout_is $'world/queue.c:10: 3\nworld/queue.c:11: 1\nworld/queue.c:14: 0'
which --unreached world/queue.c
check 'what none reaches is told' stdout_is 'world/queue.c:14: 0'
which world/queue.c:12
check 'a line without code is an error' complains 'world/queue.c:12: expected a line with code, got none'
which harness/cli/run.c:12
check 'a file that is not in the map is an error' complains "expected a source of the engines, got 'harness/cli/run.c'"
ran tests/coverage/which --map "$scratch/nowhere" world/queue.c
check 'no map is an error that says how to get one' complains "expected a map at '$scratch/nowhere', got none: make coverage-map"
echo "1..$number"
