#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# target.t - iscsilab target: what it says, how it ends, and that a foreign initiator finds its disks there
program=${ISCSILAB:-build/iscsilab}
work=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null; rm -rf "$work"' EXIT
echo 1..40
number=0
result () { # status name
  number=$((number + 1))
  if [ "$1" = 0 ]; then echo "ok $number - $2"; else echo "not ok $number - $2"; fi
}

# Starts it with these arguments, and waits until it listens: $url is its first unit.
start () {
  : >"$work/out" # here, as the shell in the background may be late, and the last one's address is there
  "$program" target --listen 127.0.0.1:0 "$@" >"$work/out" 2>"$work/error" &
  pid=$!
  url=
  for _ in $(seq 300); do
    url=$(sed -n "s|^listening on ||p" "$work/out" | head -n 1)
    [ -n "$url" ] || ! kill -0 "$pid" 2>/dev/null && break
    sleep 0.1
  done
  [ -n "$url" ]
}

# Ends it with this signal; the status is its own.
stop () {
  kill -"$1" "$pid"
  for _ in $(seq 200); do
    kill -0 "$pid" 2>/dev/null || break # the shell has taken its status
    sleep 0.1
  done
  kill -KILL "$pid" 2>/dev/null # if it has not ended by now
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

# ---- units in files ----

# Commands of a foreign initiator's.
io () { # url command...
  url=$1
  shift
  for command in "$@"; do set -- "$@" -c "$command"; shift; done
  timeout 30 qemu-io -f raw "$@" "$url" >"$work/io" 2>&1 && ! grep -q failed "$work/io"
}

start --lun "8M,file=$work/disk" && io "$url" 'write -P 0xab 64k 1M' 'write -f -P 0xcd 8k 4k' 'flush' 'read -P 0xab 64k 1M'
result $? 'a unit in a file takes writes, forced ones and flushes, and gives them back'

refuses 3 "iscsilab target: file '$work/disk': expected one that nobody else serves, got one that is locked" \
  --listen 127.0.0.1:0 --lun "8M,file=$work/disk"
result $? 'nobody else may serve it'

stop TERM && [ "$(stat -c %s "$work/disk")" = 8388608 ] && [ "$(du -k "$work/disk" | cut -f1)" -lt 2048 ]
result $? 'it is as long as the unit, and sparse'

start --lun "file=$work/disk" && io "$url" 'read -P 0xab 64k 1M' 'read -P 0xcd 8k 4k' 'read -P 0 2M 1M' && stop TERM
result $? 'the data is there after a restart'

start --lun "file=$work/disk,block=4096" && iscsi-readcapacity16 "$url" | grep -q 'Logical Blocks:2048\|RETURNED LOGICAL BLOCK ADDRESS:2047'
result $? 'blocks of 4096 bytes'
stop KILL

# iscsi-test-cu asks for DATA PROTECT from every command that writes, if it finds the unit write protected.
start --lun "file=$work/disk,ro" && timeout 30 qemu-io -f raw -r -c 'read -P 0xab 64k 1M' "$url" >"$work/io" 2>&1 &&
  ! grep -q failed "$work/io" && ! io "$url" 'write -P 0xee 64k 4k' && grep -q 'LUN is write protected' "$work/io" &&
  timeout 30 iscsi-test-cu --dataloss -t ALL.ReadOnly "$url" >"$work/cu" 2>&1 && ! grep -q 'not write' "$work/cu" &&
  grep -Eq 'tests +1 +1 +1 +0 ' "$work/cu"
result $? 'nobody writes to a unit that is read-only'
stop TERM

start --lun "4M,thin" && iscsi-readcapacity16 "$url" | grep -q 'LBPME:1 *LBPRZ:1\|LBPME:1' && stop TERM
result $? 'a thin unit says so'

refuses 2 "iscsilab target: option '--lun': lun '1M,thin=1': 'thin': expected no value, got '1'" --lun 1M,thin=1
result $? 'a thin unit with a value'

refuses 3 "iscsilab target: file '$work/disk': expected 4194304 bytes, got 8388608" --lun "4M,file=$work/disk"
result $? 'a file of another size'

refuses 3 "iscsilab target: file '$work/none': open: No such file or directory" --lun "file=$work/none"
result $? 'a file that is not there'

refuses 2 "iscsilab target: option '--lun': lun '1M,ro': 'ro': expected a unit with 'file=PATH', got one in memory, which is empty" \
  --lun 1M,ro
result $? 'a read-only unit in memory'

refuses 2 "iscsilab target: option '--lun': lun '1M,block=1000': 'block': expected 512 or 4096, got '1000'" --lun 1M,block=1000
result $? 'blocks of another length'

refuses 2 "iscsilab target: option '--lun': lun '1M,fat': expected 'file=PATH', 'ro', 'thin', 'block=BYTES', 'removable' or 'empty', got 'fat'" --lun 1M,fat
result $? 'an option that is none'

# ---- scripts ----

cat >"$work/script.lua" <<'END'
return target_script {
  run = function(lab, target)
    lab:fault { on = target, when = { pdu = "SCSI Command", nth = 2 }, act = "rst" }
    lab:fault { on = target, when = { scsi = "WRITE(10)" }, act = "busy" }
    lab:fault { on = target, when = { pdu = "Text Request" }, act = "drop" }
    print("in force at " .. target.portals[1])
    lab:within("30s", "a command is answered", function() return target:counters().commands > 0 end)
    print("a command was answered")
  end,
}
END
start --lun "8M,file=$work/disk" --script "$work/script.lua"
grep -qx "in force at $(echo "$url" | cut -d/ -f3)" "$work/out" && iscsi-inq "$url" >/dev/null
grep -Eq '^ +[0-9]+\.[0-9]{9}  !  faults +fault +ordinal=1 rule=0 rst after SCSI Command #2 ' "$work/out"
result $? 'a rule of the script strikes a foreign initiator, and is told with its time'

io "$url" 'write -P 0x11 0 4k' 'read -P 0x11 0 4k' && grep -q 'BUSY' "$work/io" && grep -q 'rule=1 busy at WRITE(10) #1' "$work/out"
result $? 'a rule in the device server strikes, and the initiator gets over it'

grep -qx 'a command was answered' "$work/out"
result $? 'the script goes on while the target serves'

stop TERM && grep -qx "never fired: 'drop of Text Request': expected match 1, got 0 of them" "$work/out"
result $? 'a rule that never fired is told at the end'

cat >"$work/restart.lua" <<'END'
return target_script {
  run = function(lab, target)
    lab:fault { on = target, when = { pdu = "SCSI Command", nth = 1 }, act = "restart", delay = "200ms" }
  end,
}
END
start --lun "8M,file=$work/disk" --script "$work/restart.lua" && io "$url" 'read -P 0x11 0 4k' && stop INT &&
  grep -q 'rule=0 restart' "$work/out"
result $? 'a target that a rule restarts is at the same address again, with its data'

cat >"$work/crash.lua" <<'END'
return target_script {
  run = function(lab, target)
    lab:fault { on = target, when = { pdu = "SCSI Command" }, act = "crash" }
  end,
}
END
start --script "$work/crash.lua"
timeout -s KILL 2 iscsi-inq "$url" >"$work/io" 2>&1
kill -0 "$pid" && grep -q 'rule=0 crash' "$work/out" && stop TERM
result $? 'a target that a rule has stopped for good waits to be ended'

# The session is still there when the script goes on: whom it tells is counted.
cat >"$work/within.lua" <<'END'
return target_script {
  run = function(lab, target)
    lab:within("30s", "a write", function() return target:counters().writes > 0 end)
    print("told " .. target:async_message { event = "SCSI event" })
  end,
}
END
start --lun 8M --script "$work/within.lua" && io "$url" 'write -P 0x11 0 4k' 'sleep 500' && stop TERM && grep -qx 'told 1' "$work/out"
result $? 'a condition that a command has made true is seen at once'

# ---- captures ----

start --lun 8M --pcap "$work/plain.pcapng" && iscsi-inq "$url" >/dev/null && stop TERM &&
  "$program" check --ladder "$work/plain.pcapng" >"$work/ladder" &&
  grep -q ' --> Login Request .*text="InitiatorName=iqn.2007-10.com.github:sahlberg:libiscsi' "$work/ladder" &&
  grep -q ' <-- Logout Response ' "$work/ladder" && grep -Eq ': 1 connections, [1-9][0-9]* PDUs, 0 violations$' "$work/ladder"
result $? 'a capture of a foreign initiator that check can judge'

# What the rule made of the answer, which is not what the target sent: that is what the initiator got.
cat >"$work/status.lua" <<'END'
return target_script {
  run = function(lab, target)
    lab:fault { on = target, when = { pdu = "SCSI Response", nth = 2 }, act = "overwrite", set = { Status = 8 } }
    lab:fault { on = target, when = { pdu = "SCSI Command", nth = 4 }, act = "rst" }
  end,
}
END
start --lun 8M --pcap "$work/struck.pcapng" --script "$work/status.lua" && ! iscsi-inq "$url" >"$work/io" 2>&1 && grep -q BUSY "$work/io" &&
  iscsi-inq "$url" >/dev/null && stop TERM && "$program" check --ladder "$work/struck.pcapng" >"$work/ladder"
grep -q ' <-- SCSI Response .*Status=0x8 (BUSY)' "$work/ladder" &&
  grep -q 'fault 1: overwrite of SCSI Response #2' "$work/struck.pcapng" && grep -q ': 3 connections' "$work/ladder"
result $? 'it shows what the initiator got, with a comment for each fault'

refuses 3 "iscsilab target: capture '/dev/null/there': cannot be written: Not a directory" \
  --listen 127.0.0.1:0 --pcap /dev/null/there
result $? 'a capture that cannot be made'

: >"$work/out"
"$program" target --listen 127.0.0.1:0 --pcap /dev/full >"$work/out" 2>"$work/error" &
pid=$!
for _ in $(seq 100); do grep -q '^listening' "$work/out" && break; sleep 0.1; done
stop TERM
[ $? = 3 ] && grep -qx "iscsilab target: capture '/dev/full': cannot be written: No space left on device" "$work/error"
result $? 'a capture that could not be written is an error at the end'

# ---- scripts that are wrong ----

# The third line of a script that ends with this message.
script_says () { # message line
  printf 'return target_script {\n  run = function(lab, target)\n    %s\n  end,\n}\n' "$2" >"$work/wrong.lua"
  refuses 2 "iscsilab target: $work/wrong.lua:3: $1" --listen 127.0.0.1:0 --script "$work/wrong.lua"
}

script_says "lab: expected one of fault, sleep, within, draw, now, got 'initiator'" 'lab:initiator {}'
result $? 'a word that only scenarios have'

script_says "fault 'refuse': the initiator's machine is asked, and is not ours" \
  'lab:fault { when = { connect = true }, act = "refuse" }'
result $? "an act that needs the initiator's machine"

echo 'return {}' >"$work/wrong.lua"
refuses 2 "iscsilab target: $work/wrong.lua: expected a file that returns target_script { run = ... }, got one that does not" \
  --listen 127.0.0.1:0 --script "$work/wrong.lua"
result $? 'a file that returns something else'

refuses 3 "iscsilab target: cannot open $work/none.lua: No such file or directory" --script "$work/none.lua"
result $? 'a script that is not there'

# Its reader takes one line and goes; what is told after that reaches nobody.
mkfifo "$work/fifo"
"$program" target --listen 127.0.0.1:0 --verbose >"$work/fifo" 2>"$work/error" &
pid=$!
url=$(head -n 1 "$work/fifo" | sed 's/^listening on //')
iscsi-inq "$url" >/dev/null && iscsi-inq "$url" >/dev/null && stop TERM
result $? 'it serves on when nobody reads what it says'
