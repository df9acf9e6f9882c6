#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# reference.t - the generated pages of docs/ are what the program prints
program=${ISCSILAB:-build/iscsilab}
echo 1..3
number=0
check () {
  number=$((number + 1))
  if "$program" reference "$1" | diff -u "$2" - >&2; then echo "ok $number - $2 is 'iscsilab reference $1'"
  else echo "not ok $number - $2 is 'iscsilab reference $1'"; fi
}
check words docs/scripting.md
check faults docs/faults.md
if "$program" reference nothing 2>&1 | grep -q "expected 'words', 'faults' or 'man', got 'nothing'"; then
  echo 'ok 3 - another page is a clear error'
else
  echo 'not ok 3 - another page is a clear error'
fi
