#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# target.t - iscsilab target: what it says, how it ends, and that a foreign initiator finds its disks there
program=${ISCSILAB:-build/iscsilab}
work=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null; rm -rf "$work"' EXIT
echo 1..11
number=0
result () { # status name
  number=$((number + 1))
  if [ "$1" = 0 ]; then echo "ok $number - $2"; else echo "not ok $number - $2"; fi
}

# Starts it with these arguments, and waits until it listens: $url is its first unit.
start () {
  "$program" target --listen 127.0.0.1:0 "$@" >"$work/out" 2>"$work/error" &
  pid=$!
  url=
  for _ in $(seq 300); do
    url=$(sed -n '1s/^listening on //p' "$work/out")
    [ -n "$url" ] || ! kill -0 "$pid" 2>/dev/null && break
    sleep 0.1
  done
  [ -n "$url" ]
}

# Ends it with this signal; the status is its own.
stop () {
  kill -"$1" "$pid"
  for _ in $(seq 200); do
    grep -q ') Z ' "/proc/$pid/stat" && break
    sleep 0.1
  done
  kill -KILL "$pid" # if it has not ended by now
  wait "$pid"
  status=$?
  pid=
  return $status
}

# Refused with this status and this message.
refuses () { # status message arguments...
  wanted=$1
  message=$2
  shift 2
  timeout 20 "$program" target "$@" >"$work/out" 2>"$work/error"
  status=$?
  printf '%s\n' "$message" | diff -u - "$work/error" >&2 && [ $status = "$wanted" ] && [ ! -s "$work/out" ]
}

start --lun 64M --lun 1G,block=4096 --verbose
result $? 'it listens, and says so'

[ "$(grep -c '^listening on iscsi://127\.0\.0\.1:[0-9]*/iqn\.2026-01\.example\.iscsilab:target/[01]$' "$work/out")" = 2 ]
result $? 'a line for each unit'

iscsi-ls -s "${url%%/iqn*}" >"$work/ls" && [ "$(grep -c 'Type:DIRECT_ACCESS' "$work/ls")" = 2 ]
result $? 'a foreign initiator finds its units'

iscsi-inq "$url" | grep -q 'Vendor:ISCSILAB'
result $? 'and can ask them who they are'

grep -q ' target  *login-accepted .*initiator=iqn.2007-10.com.github:sahlberg:libiscsi' "$work/out"
result $? 'a login is told'

stop TERM
result $? 'SIGTERM ends it with 0'

start --name iqn.2026-01.com.example:own && [ "${url##*/iqn}" = '.2026-01.com.example:own/0' ] && stop INT
result $? 'a name of its own; SIGINT ends it with 0'

start
port=$(echo "$url" | sed 's|.*:\([0-9]*\)/iqn.*|\1|')
refuses 3 "iscsilab target: listen on '127.0.0.1:$port': the address is in use" \
  --listen "127.0.0.1:$port"
result $? 'a port that is in use'
stop TERM

refuses 2 "iscsilab target: option '--listen': expected each address once, got '127.0.0.1' again" \
  --listen 127.0.0.1:3260 --listen 127.0.0.1
result $? 'the same address twice'

refuses 2 "iscsilab target: option '--lun': lun '64Q': expected a size as 4096, '64K', '64M' or '1G', got '64Q'" --lun 64Q
result $? 'a size that is none'

refuses 2 "iscsilab target: option '--name': name 'disk': expected it to begin with 'iqn.', 'eui.' or 'naa.'" --name disk
result $? 'a name that is none'
