#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The command line of `iscsilab` and `iscsilab run`: what is said, where, and with which status. No scenario runs here.
set -u
cd "$(dirname "$0")/../.." || exit 1
iscsilab=${ISCSILAB:-build/iscsilab}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/empty" "$scratch/some"
printf 'return scenario {\n  title = "a title of its own",\n}\n' >"$scratch/some/one.lua"
echo text >"$scratch/notes.txt"

number=0
check () { # check NAME CONDITION...: one test
  local name=$1
  shift
  number=$((number + 1))
  if "$@"; then
    echo "ok $number - $name"
  else
    echo "not ok $number - $name"
    echo "# status: $status"
    sed 's/^/# stdout: /' "$scratch/out"
    sed 's/^/# stderr: /' "$scratch/err"
  fi
}

ran () { # ran ARGUMENT...: keeps status, stdout, stderr
  "$iscsilab" "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
  status=$?
}

refused_with () { # exactly this on stderr, nothing on stdout, exit 2
  [ "$status" = 2 ] && [ ! -s "$scratch/out" ] && [ "$(cat "$scratch/err")" = "$1" ]
}

refuses () { # refuses NAME MESSAGE ARGUMENT...
  local name=$1 message=$2
  shift 2
  ran "$@"
  check "$name" refused_with "$message"
}

helped () { # help on stdout with this in it, nothing on stderr, exit 0
  [ "$status" = 0 ] && [ ! -s "$scratch/err" ] && grep -qF -e "$1" "$scratch/out"
}

ran
check "without a command, the usage goes to stderr and the status is 2" \
  eval '[ $status = 2 ] && [ ! -s "$scratch/out" ] && grep -q "^usage: iscsilab COMMAND" "$scratch/err"'

ran --help
check "--help lists the commands" helped "  run          run scenarios"
check "--help does not list what is hidden" eval '! grep -q run-one "$scratch/out"'
ran help
check "help is the same" helped "usage: iscsilab COMMAND"
ran --version
check "--version tells the version" eval 'grep -qE "^iscsilab [0-9]+\.[0-9]+\.[0-9]+$" "$scratch/out" && [ $status = 0 ]'

refuses "an unknown command is named" \
  "iscsilab: unknown command 'frobnicate': expected one of those in 'iscsilab --help'" frobnicate
refuses "an unknown option before the command is named" \
  "iscsilab: unknown option '--frobnicate': expected one of those in 'iscsilab --help'" --frobnicate run

# Every command that is listed has a help of its own.
"$iscsilab" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p' >"$scratch/commands"
check "there are commands" test -s "$scratch/commands"
while read -r command; do
  ran "$command" --help
  check "$command --help shows its usage" helped "iscsilab $command [OPTION"
done <"$scratch/commands"

ran run --help
for option in seed jobs filter shard repeat target live pace timeout no-recheck tap fingerprints junit json report; do
  check "run --help tells of --$option" helped "--$option"
done
ran run -h
check "-h is --help" helped "  0     all passed"

refuses "run: an unknown option is named" \
  "iscsilab run: unknown option '--frobnicate': expected one of those in 'iscsilab run --help'" \
  run --frobnicate
refuses "run: an option without its value is named" \
  "iscsilab run: option '--seed': expected a value, got nothing" run --seed
refuses "run: a seed is a number" \
  "iscsilab run: option '--seed': expected a number from 0 to 18446744073709551615, got 'one'" \
  run --seed one
refuses "run: a seed is not negative" \
  "iscsilab run: option '--seed': expected a number from 0 to 18446744073709551615, got '-1'" \
  run --seed=-1
refuses "run: no jobs are too few" \
  "iscsilab run: option '--jobs': expected a number from 1 to 1024, got '0'" run --jobs 0
refuses "run: no repeats are too few" \
  "iscsilab run: option '--repeat': expected a number from 1 to 1000000, got '0'" run --repeat 0
refuses "run: a timeout is a number" \
  "iscsilab run: option '--timeout': expected a number from 0 to 86400, got '1s'" run --timeout 1s

refuses "run: a path that is not there is named" \
  "iscsilab run: path '$scratch/gone': expected a scenario file or a directory, got nothing there" \
  run "$scratch/gone"
refuses "run: a file of another kind is named" \
  "iscsilab run: path '$scratch/notes.txt': expected a scenario file, whose name ends with '.lua', or a directory" \
  run "$scratch/notes.txt"
refuses "run: a directory without scenarios is an error" \
  "iscsilab run: no scenario selected: expected at least one *.lua file" run "$scratch/empty"
refuses "run: a filter that matches nothing is an error" \
  "iscsilab run: no scenario selected: filter 'nothing-*' matches none of 1" \
  run --filter 'nothing-*' "$scratch/some"
refuses "run: a shard is one of several" \
  "iscsilab run: shard '3/2': expected K/N, with K from 1 to N and N up to 1000" \
  run --shard 3/2 "$scratch/some"
refuses "run: a shard in which nothing is left is an error" \
  "iscsilab run: shard '2/2': expected at least 2 scenarios, got 1: nothing would run" \
  run --shard 2/2 "$scratch/some"
refuses "run: --tap and --fingerprints exclude each other" \
  "iscsilab run: expected one of '--tap' and '--fingerprints', got both" \
  run --tap --fingerprints "$scratch/some"
refuses "run: a pace is a live run's" \
  "iscsilab run: option '--pace': expected '--live', and no '--target': only there both ends go by our clock" \
  run --pace 5 "$scratch/some"
refuses "run: fingerprints of a live run are refused" \
  "iscsilab run: option '--fingerprints': expected a simulated run, got '--live', which never gives the same events twice" \
  run --fingerprints --live "$scratch/some"
refuses "run: fingerprints against a foreign target are refused" \
  "iscsilab run: option '--fingerprints': expected a simulated run, got '--target', which never gives the same events twice" \
  run --fingerprints --target tgtd "$scratch/some"

ran run --report "$scratch/notes.txt/report" "$scratch/some"
check "run: a report directory that cannot be made is an environment's error" \
  eval '[ $status = 3 ] && grep -q "notes.txt/report.: cannot be made: Not a directory$" "$scratch/err"'

refuses "run-one is for run only" \
  "iscsilab run-one: expected to be started by 'iscsilab run', with one file" run-one

echo "1..$number"
