#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# What libiscsi, as an initiator, makes of a target that misbehaves: what it fails is what tests/interop/libiscsi-fails.txt says, in
# both directions.
#
# Each row is a stimulus: a rule of `iscsilab target --script`, a client of libiscsi's (its tools, or QEMU's driver), and what an
# initiator must do then. The evidence is the capture of `--pcap`: it holds what the client got, behind the fault, and what it
# sent; `iscsilab check` reads it. docs/conformance/peers.md has a row for each failure. A rule that does not strike is a failure.
use strict;
use warnings;
use Cwd 'realpath';
use File::Basename 'dirname';
use File::Temp 'tempdir';
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

chdir dirname (realpath ($0)) . '/../..' or die "the root of the tree: $!\n";
my $ISCSILAB = $ENV{ISCSILAB} // 'build/iscsilab';
my $NAME = 'iqn.2026-01.example.iscsilab:target';
my $LIST = 'tests/interop/libiscsi-fails.txt';
my $PAGE = 'docs/conformance/peers.md';
my $HANG_S = 10;        # QEMU's own timeouts are longer: a client that still waits then, waits for what will not come
my $HUNG = 124;         # timeout's status
my $AT_ONCE = 8;

for my $tool (qw(iscsi-inq iscsi-ls iscsi-perf qemu-io)) {
  plan skip_all => "$tool is not installed" if !grep { -x "$_/$tool" } split /:/, $ENV{PATH};
}
my $work = tempdir ('test-interop-XXXXXX', TMPDIR => 1, CLEANUP => 1);

# ---- clients ----

my @IO = ('-c', 'write -P 0x5a 0 1M', '-c', 'read -P 0x5a 0 1M'); # qemu-io ends with 1 if a byte differs
my @INQUIRY = qw(iscsi-inq URL);
my @DISCOVERY = qw(iscsi-ls PORTAL);
my @WRITE_READ = ('qemu-io', '-f', 'raw', @IO, 'URL');
my @WRITE_REST_READ = ('qemu-io', '-f', 'raw', @IO[0, 1], '-c', 'sleep 2000', @IO[2, 3], 'URL');
my @MANY_READS = qw(iscsi-perf -r -b 1 -m 16 -t 1 URL);
my @WITH_DIGEST = ('qemu-io', @IO, 'json:{"driver":"raw","file":{"driver":"iscsi","transport":"tcp","portal":"ADDRESS",'
  . qq("target":"$NAME","lun":0,"header-digest":"crc32c"}}));

# ---- what must be ----

sub sent_behind { my ($seen, $what) = @_; return grep { /^$what / } @{ $seen->{behind} } }
sub hangs { my ($seen) = @_; return $seen->{status} == $HUNG }
sub succeeds { my ($seen) = @_; return $seen->{status} == 0 }
sub fails { my ($seen) = @_; return !succeeds ($seen) && !hangs ($seen) }
sub comes_back { my ($seen) = @_; return succeeds ($seen) && $seen->{logins} > 1 }
sub stays { my ($seen) = @_; return succeeds ($seen) && $seen->{logins} == 1 }
sub fails_at_once { my ($seen) = @_; return fails ($seen) && $seen->{logins} == 1 }
sub ends { my ($seen) = @_; return !hangs ($seen) && $seen->{output} !~ /Pattern verification failed/ }
# The initiator itself ends the connection that the fault struck, and not because somebody killed it.
sub drops { my ($seen) = @_; return !hangs ($seen) && $seen->{has_ended} }
sub drops_and_fails { my ($seen) = @_; return drops ($seen) && fails ($seen) }
sub keeps_the_rules { my ($seen) = @_; return succeeds ($seen) && !%{ $seen->{broken} } }
sub breaks_one_rule { my ($seen) = @_; return succeeds ($seen) && join (',', keys %{ $seen->{broken} }) eq 'exp-stat-sn-known' }
sub asks_with_nothing { my ($seen) = @_; return ($seen->{behind}[0] // '') =~ /^Login Request .*\bDataSegmentLength=0 / }
sub goes_on_without_repeating { my ($seen) = @_; return sent_behind ($seen, 'Login Request') && !$seen->{broken}{'key-once'} }
sub keeps_the_window { my ($seen) = @_; return !hangs ($seen) && !$seen->{broken}{'cmd-sn-window'} }
sub logs_out { my ($seen) = @_; return ($seen->{behind}[0] // '') =~ /^Logout Request .*\bReasonCode=[01] / }
sub negotiates { my ($seen) = @_; return ($seen->{behind}[0] // '') =~ /^(?:Text|Logout) Request / }
sub asks_for_more { my ($seen) = @_; return ($seen->{behind}[0] // '') =~ /^Text Request .*\bTTT=0x7 / }
sub answers_the_ping {
  my ($seen) = @_;
  my @answers = sent_behind ($seen, 'NOP-Out');
  return keeps_the_rules ($seen) && @answers == 1
    && $answers[0] =~ /^NOP-Out I=1 .*\bLUN=0x3000000000000 ITT=0xffffffff TTT=0x5 /;
}
sub answers_no_ping { my ($seen) = @_; return stays ($seen) && !sent_behind ($seen, 'NOP-Out') }
sub sends_the_data_once { my ($seen) = @_; return 1 == grep { /\bTTT=0x0 / } sent_behind ($seen, 'Data-Out') }

# ---- stimuli ----

my @rows;

sub row {
  my ($name, $client, $must, @script) = @_;
  push @rows, { name => $name, client => $client, must => $must, script => join ("\n    ", @script) };
}

sub rule { return "lab:fault { on = target, $_[0] }" }
sub of { my ($when, $act) = @_; return rule ("when = { $when }, act = $act") }
sub change { my ($when, $what) = @_; return of ($when, qq("overwrite", $what)) }

my $REQUEST = 'pdu = "Login Request"';
my $ANSWER = 'pdu = "Login Response"';
row ('redirect-loop', \@INQUIRY, \&fails, of ($REQUEST, '"login_status", status = 0x0101, address = target.portals[1], times = 0'));
row ("login-status-$_", \@INQUIRY, \&fails_at_once, of ($REQUEST, qq("login_status", status = 0x$_, times = 0))) for qw(0201 0203 0207);
row ("login-status-$_", \@INQUIRY, \&ends, of ($REQUEST, qq("login_status", status = 0x$_))) for qw(0301 0302);
row ('login-continued', \@INQUIRY, \&asks_with_nothing, of ($ANSWER, '"split_text", cut_bytes = 30'));
row ('login-continued-in-a-key', \@INQUIRY, \&stays, of ($ANSWER, '"split_text", cut_bytes = 1'));
row ('login-half', \@INQUIRY, \&goes_on_without_repeating, change ($ANSWER, 'set = { T = 0, NSG = 0 }'));
row ('login-for-nobody', \@INQUIRY, \&drops, change ($ANSWER, 'add = { ITT = 1 }'));
my %opcodes = ('nop-in' => '20', 'scsi-response' => '21', 'text-response' => '24', 'reject' => '3f');
row ("login-answered-by-$_", \@INQUIRY, \&drops_and_fails, change ($ANSWER, qq(octets = "$opcodes{$_}"))) for sort keys %opcodes;
row ('repeated-key', \@INQUIRY, \&drops, of ($ANSWER, '"repeat_key", key = "MaxBurstLength"'));
my %values = ('burst-beyond-the-offer' => [ 'MaxBurstLength', '16777215' ], 'burst-that-is-no-number' => [ 'MaxBurstLength', 'many' ],
              'digest-not-offered' => [ 'HeaderDigest', 'Y-com.example.none' ], 'level-not-offered' => [ 'ErrorRecoveryLevel', '2' ]);
row ($_, \@INQUIRY, \&drops, of ($ANSWER, qq("replace_value", key = "$values{$_}[0]", value = "$values{$_}[1]"))) for sort keys %values;

my $STATUS = 'pdu = "SCSI Response", nth = 3'; # of the write
row ('statsn-gap', \@WRITE_READ, \&drops, change ($STATUS, 'add = { StatSN = 1 }'));
row ('status-counts-lost-data', \@WRITE_READ, \&drops, change ($STATUS, 'add = { ExpDataSN = 1 }'));
row ('status-for-nobody', \@WRITE_READ, \&drops, change ($STATUS, 'set = { ITT = 0x12345678 }'));
row ('status-twice', \@WRITE_READ, \&stays, of ($STATUS, '"duplicate"'));
row ('status-without-f', \@WRITE_READ, \&drops, change ($STATUS, 'offset = 1, octets = "00"'));
row ('target-failure', \@WRITE_READ, \&fails, change ($STATUS, 'set = { Response = 1 }'));
row ('unknown-opcode', \@WRITE_READ, \&drops, of ($STATUS, '"unknown_opcode"'));
row ('reject-of-a-command', \@WRITE_READ, \&fails, of ('pdu = "SCSI Command", W = 1', '"reject", reason = 9'));

my $SECOND = 'pdu = "Data-In", DataSN = 1';    # of four
row ('data-in-twice', \@WRITE_READ, \&stays, of ($SECOND, '"duplicate"'));
row ('data-in-lost', \@WRITE_READ, \&drops, of ($SECOND, '"drop"'));
row ('data-in-cut-short', \@WRITE_READ, \&drops, of ($SECOND, '"shorten", cut_bytes = 512'));
row ('data-in-for-nobody', \@WRITE_READ, \&drops, change ($SECOND, 'set = { ITT = 0x12345678 }'));
row ('datasn-gap', \@WRITE_READ, \&drops, change ($SECOND, 'add = { DataSN = 1 }'));
row ('data-in-offset-back', \@WRITE_READ, \&drops, change ($SECOND, 'set = { BufferOffset = 0 }'));
row ('data-in-behind-the-end', \@WRITE_READ, \&drops, change ($SECOND, 'set = { BufferOffset = 0x7ffffe00 }'));
row ('residual-both-ways', \@WRITE_READ, \&drops, change ('pdu = "Data-In", DataSN = 3, S = 1', 'set = { U = 1, O = 1, ResidualCount = 4096 }'));

my $R2T = 'pdu = "R2T"';
row ('r2t-uses-no-statsn', \@WRITE_READ, \&keeps_the_rules);
row ('r2t-for-nobody', \@WRITE_READ, \&drops, change ($R2T, 'set = { ITT = 0x12345678 }'));
row ('r2t-for-nothing', \@WRITE_READ, \&drops, change ($R2T, 'set = { DesiredDataTransferLength = 0 }'));
row ('r2t-too-long', \@WRITE_READ, \&drops, change ($R2T, 'set = { DesiredDataTransferLength = 0x200000 }'));
row ('r2t-behind-the-end', \@WRITE_READ, \&drops, change ($R2T, 'set = { BufferOffset = 0x7ffffe00 }'));
row ('r2t-number-gap', \@WRITE_READ, \&drops, change ($R2T, 'add = { R2TSN = 1 }'));
row ('r2t-reserved-tag', \@WRITE_READ, \&drops, change ($R2T, 'set = { TTT = 0xffffffff }'));
row ('r2t-twice', \@WRITE_READ, \&sends_the_data_once, of ($R2T, '"duplicate"'));

# Behind the second status, of StatSN 2, so that the next is 3.
sub ping { return of ('pdu = "SCSI Response", StatSN = 2', qq("insert", insert = { opcode = "NOP-In", F = 1, StatSN = 3, ITT = 0xffffffff, $_[0] })) }
row ('ping', \@INQUIRY, \&answers_the_ping, ping ('TTT = 5, LUN = 0x0003000000000000'));
row ('ping-that-wants-no-answer', \@INQUIRY, \&answers_no_ping, ping ('TTT = 0xffffffff'));

my $SHUT = 'add = { MaxCmdSN = -128 }';        # the target offers 128 places
row ('window-closed-at-login', \@INQUIRY, \&keeps_the_window, change ($ANSWER, $SHUT),
     'lab:within ("20s", "a login", function() return target:counters().logins > 0 end)', 'lab:sleep ("500ms")',
     'target:async_message { event = "SCSI event" }');
row ('window-of-one', \@MANY_READS, \&keeps_the_rules,
     map { change (qq(pdu = "$_"), 'add = { MaxCmdSN = -127 }, times = 0') } 'Login Response', 'SCSI Response', 'Data-In');
row ('window-stale', \@INQUIRY, \&stays, change ('pdu = "SCSI Response", nth = 2', $SHUT));
row ('window-impossible', \@INQUIRY, \&stays, change ('pdu = "SCSI Response", nth = 2', 'add = { MaxCmdSN = -140 }'));

my %events = ('SCSI event' => \&stays, 'logout request' => \&logs_out, 'connection drop' => \&comes_back,
              'session drop' => \&comes_back, 'negotiation request' => \&negotiates);
for my $event (sort keys %events) {
  row ('async-' . $event =~ tr/ A-Z/-a-z/r, \@WRITE_REST_READ, $events{$event},
       'lab:within ("20s", "the write", function() return target:counters().writes > 0 end)', 'lab:sleep ("200ms")',
       qq(target:async_message { event = "$event", time = "1s", time2wait = "0s" }));
}

row ('header-digest', \@WITH_DIGEST, \&drops, of ($SECOND, '"header_digest"'));
row ('header-digest-is-survived', \@WITH_DIGEST, \&comes_back, of ($SECOND, '"header_digest"'));
for my $act (qw(fin rst)) {
  row ("$act-behind-" . tr/ A-Z/-a-z/r, \@WRITE_READ, /^Login/ ? \&ends : \&comes_back, of (qq(pdu = "$_"), qq("$act")))
    for 'Login Request', 'Login Response', 'SCSI Command', 'SCSI Response', 'R2T', 'Data-Out', 'Data-In';
}
row ('cut-in-data-in', \@WRITE_READ, \&comes_back, of ($SECOND, '"cut", cut_bytes = 100'));
row ('half-close', \@WRITE_READ, \&comes_back, of ($R2T, '"half_close"'));
row ('restart', \@WRITE_READ, \&comes_back, of ('pdu = "Data-Out", nth = 2', '"restart", delay = "300ms"'));
row ("$_" =~ tr/_/-/r, \@WRITE_READ, \&stays, of ('scsi = "WRITE(10)"', qq("$_"))) for qw(busy task_set_full unit_attention);
row ('medium-error', \@WRITE_READ, \&fails, of ('scsi = "WRITE(10)"', '"medium_error"'));

row ('text-answer-goes-on', \@DISCOVERY, \&asks_for_more, change ('pdu = "Text Response"', 'set = { F = 0, TTT = 7 }'));
row ('text-answer-for-nobody', \@DISCOVERY, \&drops, change ('pdu = "Text Response"', 'add = { ITT = 1 }'));
row ('text-rejected', \@DISCOVERY, \&fails, of ('pdu = "Text Request"', '"reject", reason = 5'));
row ('logout-refused', \@INQUIRY, \&ends, change ('pdu = "Logout Response"', 'set = { Response = 1 }'));
row ('nothing-wrong-at-discovery', \@DISCOVERY, \&keeps_the_rules);
row ('nothing-wrong-at-an-inquiry', \@INQUIRY, \&keeps_the_rules);
row ('nothing-wrong-but-that-with-digests', \@WITH_DIGEST, \&breaks_one_rule); # that of r2t-uses-no-statsn

# ---- playing ----

sub slurp {
  my ($file) = @_;
  open my $in, '<:raw', $file or return '';
  local $/;
  return <$in> // '';
}

sub spew {
  my ($file, $text) = @_;
  open my $out, '>:raw', $file or die "$file: $!\n";
  print $out $text;
  close $out or die "$file: $!\n";
}

sub start {
  my ($output, @command) = @_;
  my $pid = fork // die "fork: $!\n";
  return $pid if $pid;
  open STDIN, '<', '/dev/null';
  open STDOUT, '>', $output;
  open STDERR, '>&', \*STDOUT;
  exec @command or POSIX::_exit (127);
}

# In a process of its own: leaves NAME.target, .client, .status, .pcapng and .check.
sub play {
  my ($row) = @_;
  my $base = "$work/$row->{name}";
  my $end = time + 10;
  my $address;
  spew ("$base.lua", "return target_script {\n  run = function(lab, target)\n    $row->{script}\n  end,\n}\n");
  my $target = start ("$base.target", $ISCSILAB, 'target', '--listen', '127.0.0.1:0', '--lun', '8M', '--script', "$base.lua",
                      '--pcap', "$base.pcapng");
  sleep 0.01 until (($address) = slurp ("$base.target") =~ m{^listening on iscsi://([^/]+)/}m) || time > $end;
  die "$row->{name}: the target does not listen\n" if !$address;
  my %places = (URL => "iscsi://$address/$NAME/0", PORTAL => "iscsi://$address", ADDRESS => $address);
  my @command = map { s/\b(URL|PORTAL|ADDRESS)\b/$places{$1}/r } @{ $row->{client} };
  waitpid start ("$base.client", 'timeout', '-k', 1, $HANG_S, @command), 0;
  spew ("$base.status", $? >> 8);
  kill 'TERM', $target;
  waitpid $target, 0;
  system "'$ISCSILAB' check --ladder '$base.pcapng' >'$base.check' 2>&1";
}

# Those that hang first: the others pass them by.
sub play_all {
  my ($listed) = @_;
  my @left = sort { !!$listed->{ $b->{name} } <=> !!$listed->{ $a->{name} } } @rows;
  my $running = 0;
  while (@left || $running) {
    if (@left && $running < $AT_ONCE) {
      my $row = shift @left;
      my $pid = fork // die "fork: $!\n";
      if (!$pid) {
        eval { play ($row) };
        POSIX::_exit (0);
      }
      $running++;
    } else {
      $running-- if wait > 0;
    }
  }
}

# ---- what a capture shows ----

# Of each packet: number, the comment, the client's port if it is the client's, and whether it ends the connection.
sub packets {
  my ($file) = @_;
  my ($left, $server, @packets) = (slurp ($file));
  while (length $left >= 12) {
    my ($type, $length) = unpack 'V2', $left;
    my $block = substr $left, 0, $length, '';
    next if $type != 6;
    my ($from, $to, $flags) = unpack 'n2x9C', substr $block, 28 + 14 + 20;
    $server //= $to;
    my $tail = substr $block, 28 + (unpack ('V', substr $block, 20, 4) + 3 & ~3);
    push @packets, { client => $from == $server ? $to : $from, is_clients => $from != $server, ends => $flags & 5,
                     fault => $tail =~ /fault 1: / };
  }
  return @packets;
}

# The initiator's PDUs behind the first packet that a fault struck, or the Async Message, on its connection.
sub look {
  my ($row) = @_;
  my $base = "$work/$row->{name}";
  my @lines = split /\n/, slurp ("$base.check");
  my @packets = packets ("$base.pcapng");
  my ($struck) = grep { $packets[$_ - 1]{fault} } 1 .. @packets;
  ($struck) = map { /^ +(\d+) .*<-- Async Message / ? $1 : () } @lines if !$struck;
  my %seen = (status => slurp ("$base.status"), output => slurp ("$base.client"), struck => $struck, behind => [], broken => {});
  $seen{logins} = () = grep { /--> Login Request .* T=1 / } @lines;
  for my $i (0 .. $#lines) {
    $seen{broken}{$1} = 1 if $lines[$i] =~ /from the initiator$/ && ($lines[$i + 1] // '') =~ /\(([\w-]+):/;
    my ($packet, $connection, $pdu) = $lines[$i] =~ /^ +(\d+) +\S+ +(\d+) --> (.*)$/ or next;
    push @{ $seen{behind} }, $pdu if $struck && $packet > $struck && $packets[$packet - 1]{client} == $packets[$struck - 1]{client};
  }
  if ($struck) {
    my @of_it = grep { $_->{client} == $packets[$struck - 1]{client} } @packets[$struck - 1 .. $#packets];
    my ($end) = grep { $_->{ends} } @of_it;
    $seen{has_ended} = $end && $end->{is_clients};
  }
  return \%seen;
}

sub story {
  my ($seen) = @_;
  return sprintf "status %d, %d logins, %s; sent behind it: %s; broken: %s", $seen->{status}, $seen->{logins},
    $seen->{has_ended} ? 'ends the connection' : 'does not end the connection',
    join (', ', map { substr $_, 0, 60 } @{ $seen->{behind} }[0 .. ($#{ $seen->{behind} } > 3 ? 3 : $#{ $seen->{behind} })]) || 'nothing',
    join (', ', sort keys %{ $seen->{broken} }) || 'no rule';
}

# ---- the tests ----

sub expected_failures {
  my %reasons;
  for (grep { !/^(?:#|\s*$)/ } split /\n/, slurp ($LIST)) {
    my ($name, $reason) = /^(\S+)\s+(\S.*)$/ or die "$LIST: '$_': expected a stimulus and a reason\n";
    $reasons{$name} = $reason;
  }
  return \%reasons;
}

my $listed = expected_failures ();
play_all ($listed);
my %known;
for my $row (@rows) {
  my $name = $row->{name};
  my $seen = look ($row);
  $known{$name} = 1;
  if ($seen->{status} eq '' || ($row->{script} && !$seen->{struck})) {
    fail ("$name: the stimulus came");
    diag (slurp ("$work/$name.target"));
    next;
  }
  my $is_good = $row->{must}->($seen);
  if ($listed->{$name}) {
    ok (!$is_good, "$name: fails as known: $listed->{$name}") or diag ("expected in $LIST no more: " . story ($seen));
  } else {
    ok ($is_good, "$name: as it must be") or diag ("a failure that is not in $LIST: " . story ($seen) . "\n$seen->{output}");
  }
  note (story ($seen));
}
is_deeply ([ grep { !$known{$_} } sort keys %$listed ], [], "each line of $LIST is about a stimulus");
my $page = slurp ($PAGE);
is_deeply ([ grep { $page !~ /^\| `\Q$_\E` \| libiscsi \|/m } sort keys %$listed ], [], "$PAGE has a row for each of them");
my $failed = keys %$listed;
my $count = sprintf '**libiscsi**: %d stimuli, %d passed, %d failed', scalar @rows, @rows - $failed, $failed;
like ($page, qr/^\Q$count\E/m, "... and counts them: $count");
done_testing ();
