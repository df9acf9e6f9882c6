#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# check.t - `iscsilab run --pcap` writes captures, and `iscsilab check` judges them: what keeps the rules, what breaks one, and what
# cannot be known
use strict;
use warnings;
use File::Basename 'dirname';
use File::Temp 'tempdir';
use JSON::PP 'decode_json';
use Test::More;

my $PROGRAM = $ENV{ISCSILAB} // 'build/asan/iscsilab';
my $scratch = tempdir (CLEANUP => 1);

sub run_command {
  my ($program, @arguments) = @_;
  my $output = qx($program @arguments 2>$scratch/stderr </dev/null);
  return ($? >> 8, $output, slurp ("$scratch/stderr"));
}

sub slurp {
  my ($file) = @_;
  open my $in, '<:raw', $file or die "$file: $!";
  local $/;
  return <$in>;
}

sub spew {
  my ($file, $contents) = @_;
  open my $out, '>:raw', $file or die;
  print $out $contents or die;
  close $out or die;
  return $file;
}

# The capture of a scenario that is in the tree, or of one that is written here.
sub capture {
  my ($program, $scenario, @options) = @_;
  my ($status, $output) = run_command ($program, 'run', '--no-recheck', '--pcap', $scratch, @options, $scenario);
  return ("$scratch/" . ($scenario =~ s{^/}{}r =~ tr{/}{-}r) . '.pcapng', $status, $output);
}

sub scenario {
  my ($name, $body) = @_;
  return spew ("$scratch/$name.lua", qq(return scenario { title = "$name", run = function(lab)\n$body\nend }));
}

# ---- a capture as blocks: type and octets ----

sub blocks {
  my ($file) = @_;
  my ($left, @blocks) = (slurp ($file));
  while (length $left) {
    my ($type, $length) = unpack 'V2', $left;
    die "a block of $length octets" if $length < 12 || $length > length $left;
    push @blocks, { type => $type, octets => substr ($left, 0, $length, '') };
  }
  return @blocks;
}

sub packets {
  return grep { $_->{type} == 6 } blocks (@_);
}

# Behind the block's own header, Ethernet and IPv4.
sub tcp_flags {
  my ($block) = @_;
  return ord substr $block->{octets}, 28 + 14 + 20 + 13, 1;
}

sub write_without {
  my ($file, $from, $keeps) = @_;
  my $number = 0;
  return spew ($file, join '', map { $_->{octets} } grep { $_->{type} != 6 || $keeps->($_, ++$number) } blocks ($from));
}

# ---- what is clean ----

my ($clean, $status, $output) = capture ($PROGRAM, 'scenarios/discovery/one-target.lua');
is ($status, 0, 'a run writes a capture') or diag $output;
($status, $output) = run_command ($PROGRAM, 'check', $clean);
is ($status, 0, 'two engines that keep the rules are found to') or diag $output;
like ($output, qr/^\Q$clean\E: \d+ connections, [1-9]\d* PDUs, 0 violations$/m, 'it says what was judged');

my $first = slurp ($clean);
capture ($PROGRAM, 'scenarios/discovery/one-target.lua');
ok ($first eq slurp ($clean), 'the same seed gives the same capture, octet by octet');

($status, $output) = run_command ($PROGRAM, 'check', '--ladder', $clean);
like ($output, qr/^ +\d+ +0\.\d{9} +1 --> Login Request .* text="InitiatorName=[^"]*\|SessionType=Normal\|/m,
  'the ladder shows the PDUs with their fields and text');
like ($output, qr/^ +\d+ +0\.\d{9} +1     <-- Login Response .*Status=0x0 \(success\)/m, 'in both directions');

# ---- faults are marked ----

my $faulty = scenario ('marked', q(local target = lab:target { luns = { "1M" } }
  local session = lab:initiator { profile = "linux" }:connect_target { node_address = target.name }
  local disk    = session:disk (1)
  local rst     = lab:fault { on = target, when = { pdu = "SCSI Command" }, act = "rst" }
  local refuse  = lab:fault { portal = target.portals[1], after = rst, when = { connect = true }, act = "refuse" }
  lab:fault { on = target, after = refuse, when = { pdu = "SCSI Command" }, act = "drop" }
  disk:write { length = "4K" }));
(my $marked, $status, $output) = capture ($PROGRAM, $faulty);
is ($status, 0, 'a scenario with three faults passes') or diag $output;
my %packet;
for my $packet (packets ($marked)) {
  push @{ $packet{$1} }, $packet while $packet->{octets} =~ /(fault \d+: \w+)/g;
}
is_deeply ([ map { "$_ on " . @{ $packet{$_} } } sort keys %packet ],
  [ 'fault 1: rst on 1', 'fault 2: refuse on 1', 'fault 3: drop on 1' ], 'each fault has its packet');
my ($reset, $refused, $dropped) = map { $packet{$_}[0] } sort keys %packet;
cmp_ok (unpack ("V", substr $reset->{octets}, 20, 4), ">", 54, 'a PDU that passed is marked itself');
is (tcp_flags ($refused), 0x14, 'a connect that was refused at its RST');
is (unpack ('V', substr $dropped->{octets}, 20, 4), 54, 'a PDU that never arrived at an empty segment in its place');

# ---- what breaks a rule ----

my $planted = dirname ($PROGRAM) . '/planted/data-sn-again';
SKIP: {
  skip "$planted is not built", 5 if !-x $planted;
  my ($broken) = capture ($planted, 'scenarios/reconnect/rst-after-second-data-out.lua');
  ($status, $output) = run_command ($PROGRAM, 'check', $broken);
  is ($status, 11, 'a planted violation is found') or diag $output;
  like ($output, qr/^\Q$broken\E:\d+: protocol violation at \d\.\d{9} s, connection \d+ \(10\.\S+ -> 10\.\S+:3260\), from the initiator$/m,
    'with its packet, time, connection and side');
  like ($output, qr/^  property: .*\(data-out-data-sn: R-NUM-029.*\)\n  expected: DataSN 3\n  actual: DataSN 2\n  pdu: Data-Out .*DataSN=2 /m,
    'its rule, its requirements, what was expected and what came');
  ($status, $output) = run_command ($PROGRAM, 'check', '--json', $clean, $broken);
  is ($status, 11, 'one bad capture among several decides');
  my ($good, $bad) = @{ decode_json ($output) };
  is_deeply ([ scalar @{ $good->{violations} }, $bad->{violations}[0]{rule}, $bad->{violations}[0]{actual} ],
    [ 0, 'data-out-data-sn', 'DataSN 2' ], 'the JSON says the same');
}

# ---- what cannot be known ----

my $headless = write_without ("$scratch/headless.pcapng", $clean, sub { tcp_flags ($_[0]) != 0x02 });
($status, $output, my $errors) = run_command ($PROGRAM, 'check', $headless);
is ($status, 3, 'a capture without one SYN shows nothing, which is no pass') or diag $output;
like ($output, qr/^  connection 1 \(\S+ -> \S+:3260\): judged up to 0 PDUs: it began before the capture$/m, 'it says why');
like ($errors, qr/expected an iSCSI connection from its SYN on, got none among \d+ packets/, 'and what was expected');

my $lost = 0;
my $lossy = write_without ("$scratch/lossy.pcapng", $clean, sub { $_[1] < 20 || tcp_flags ($_[0]) != 0x18 || $lost++ > 0 });
($status, $output) = run_command ($PROGRAM, 'check', $lossy);
is ($status, 0, 'what a capture lacks is no violation') or diag $output;
like ($output, qr/judged up to \d+ PDUs: bytes before packet \d+ are not in the capture$/m, 'but is told');

my $cut = spew ("$scratch/cut.pcapng", substr slurp ($clean), 0, -200);
($status, $output, $errors) = run_command ($PROGRAM, 'check', $cut);
is ($status, 3, 'a file that breaks off is an error');
like ($output, qr/[1-9]\d* PDUs, 0 violations/, 'what came before is judged');
like ($errors, qr/^iscsilab check: \Q$cut\E: behind packet \d+: expected another or the end, got: /, 'the place is told');

# ---- what a process leaves behind that dies ----

my $endless = scenario ('endless', q(local target = lab:target { luns = { "1M" } }
  lab:initiator {}:connect_target { node_address = target.name }
  lab:sleep ("40s")));
$ENV{TMPDIR} = $scratch;  # a process that is killed cannot take its directory away
(my $left, $status, $output) = capture ($PROGRAM, $endless, '--live', '--timeout', 2);
is ($status, 13, 'a process that takes too long is killed');
like ($output, qr/^    \Q$left\E$/m, 'and its capture is named');
($status, $output) = run_command ($PROGRAM, 'check', $left);
is ($status, 0, 'which can be read') or diag $output;

# ---- a replay ----

my $failing = scenario ('failing', q(local target = lab:target { luns = { "1M" } }
  lab:initiator {}:connect_target { node_address = target.name }
  lab:expect (false, "it fails")));
(my $of_run) = capture ($PROGRAM, $failing, '--report', $scratch);
my ($schedule) = glob "$scratch/*failing.lua.schedule";
($status, $output) = run_command ($PROGRAM, 'replay', '--pcap', "$scratch/again.pcapng", $schedule);
like ($output, qr{^    \Q$scratch\E/again\.pcapng$}m, 'a replay writes a capture') or diag $output;
my ($of_replay, $as_run) = map { [ map { $_->{octets} } packets ($_) ] } "$scratch/again.pcapng", $of_run;
is_deeply ($of_replay, $as_run, 'of the same packets');

# ---- usage ----

($status, $output, $errors) = run_command ($PROGRAM, 'check', $0);
is ($status, 3, 'what is no capture is an error');
like ($errors, qr/^iscsilab check: \S*check.t: expected a pcap or pcapng file, got: /, 'and named');
is ($output, '', 'nothing is said of its connections');
($status, $output, $errors) = run_command ($PROGRAM, 'check', "$scratch/nothing");
is ($status, 2, 'a file that is not there is a matter of usage');
like ($errors, qr/^iscsilab check: capture '\S+nothing': expected a file, got nothing there$/, 'and named');
($status, $output, $errors) = run_command ($PROGRAM, 'check');
is ($status, 2, 'no file is a matter of usage');
like ($errors, qr/expected a capture, got nothing/, 'and named');
($status, $output, $errors) = run_command ($PROGRAM, 'check', '--json', '--ladder', $clean);
is ($status, 2, 'JSON and a ladder do not go together');
($status, $output) = run_command ($PROGRAM, 'run', '--pcap', '/dev/null/there', 'scenarios/discovery/one-target.lua');
is ($status, 3, 'a directory that cannot be made is an error of the environment');
done_testing ();
