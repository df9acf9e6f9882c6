#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# bench.t - iscsilab bench: every case does its work, and the figures come out. How fast is not judged here.
program=${ISCSILAB:-build/iscsilab}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo 1..12
number=0
result () { # status name
  number=$((number + 1))
  if [ "$1" = 0 ]; then echo "ok $number - $2"; else echo "not ok $number - $2"; fi
}

"$program" bench sim --list >"$work/list" && [ "$(wc -l <"$work/list")" -ge 15 ]
result $? 'the cases are listed'

"$program" bench sim --rounds 3 --scale 1 --json >"$work/json"
result $? 'every case can be run'

jq -r '.cases[].name' "$work/json" >"$work/names" && awk '{ print $1 }' "$work/list" | diff -u - "$work/names" >&2
result $? 'JSON has the cases that the list has, in its order'

jq -e '[.cases[] | select(.skipped == null)] | length >= 15 and all(.rounds == 3 and (.figures | length >= 1)
       and all(.figures[]; .least <= .median and .median <= .greatest and .greatest > 0))' "$work/json" >/dev/null
result $? 'each figure has a median between its least and greatest'

# The sanitizers bring an allocator that does not tell; only the cases about memory may need it.
jq -e '[.cases[] | select(.skipped != null) | .name | endswith("-memory")] | all' "$work/json" >/dev/null
result $? 'only memory may go unmeasured, with a reason'

"$program" bench sim --rounds 1 --scale 1 --filter 'read-4k-qd1' >"$work/text"
grep -Eq '^read-4k-qd1 +commands /s +[0-9,]+ +[0-9,]+ +[0-9,]+ +[0-9]+ %$' "$work/text" && [ "$(grep -c -- -4k- "$work/text")" = 1 ]
result $? 'a filter chooses, and the table has its figures in columns'

"$program" bench sim --filter nothing 2>"$work/error"
[ $? = 2 ] && grep -qF "iscsilab bench: option '--filter': expected a glob of some case, got 'nothing'" "$work/error"
result $? 'a filter that fits nothing is an error of usage'

"$program" bench tape 2>"$work/error"
[ $? = 2 ] && grep -qF "iscsilab bench: expected one suite, 'sim' or 'target', got 'tape'" "$work/error"
result $? 'an unknown suite is an error of usage'

"$program" bench target --list >"$work/list" && [ "$(grep -c '^ours-' "$work/list")" = "$(grep -c '^tgtd-' "$work/list")" ] &&
  [ "$(wc -l <"$work/list")" -ge 8 ]
result $? 'targets: each case of ours has its rival'

"$program" bench target --rounds 1 --scale 1 --filter '*-4k-qd32' >"$work/text"
result $? 'targets can be measured'

[ "$(grep -Ec '^(ours|tgtd|memory)-(read|write)-4k-qd32 +commands /s +[1-9][0-9,]* +[1-9][0-9,]* +[1-9][0-9,]* +[0-9]+ %$' "$work/text")" = 5 ] &&
  [ "$(grep -Ec '^ +client % of a core +[1-9]' "$work/text")" = 5 ] &&
  [ "$(grep -Ec '^(read|write)-4k-qd32: [0-9.]+ times tgtd.s commands a second, [0-9.]+ times for each core-second$' "$work/text")" = 2 ]
result $? 'the table has servers, the share of the client, and how they compare'

PATH=/nowhere/at/all "$program" bench target --rounds 1 --scale 1 --filter 'ours-read-4k-qd1' >"$work/text" &&
  grep -qx "ours-read-4k-qd1  *not measured: 'iscsi-perf' is not installed (Debian package libiscsi-bin)" "$work/text"
result $? 'without the client nothing is measured, with the reason'
