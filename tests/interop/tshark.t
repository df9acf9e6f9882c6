#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# `iscsilab run --pcap` before Wireshark's dissector, which others wrote from the same RFC: it sees as many PDUs as were sent, finds
# nothing wrong with them or with the TCP below, and reads from each field what `iscsilab check --ladder` prints.
#
# A capture shows each connection from both ends. The dissector knows TCP connections by their addresses only, so it gets the
# interfaces one after the other, as README tells a reader to do.
use strict;
use warnings;
no warnings 'portable';  # numbers of 64 bits in hexadecimal
use Cwd 'realpath';
use File::Basename qw(basename dirname);
use File::Temp 'tempdir';
use JSON::PP 'decode_json';
use Test::More;

chdir dirname (realpath ($0)) . '/../..' or die "the root of the tree: $!\n";
my $ISCSILAB = $ENV{ISCSILAB} // 'build/iscsilab';

plan skip_all => 'tshark is not installed (Debian package tshark)'
  if !grep { -x "$_/tshark" } split /:/, $ENV{PATH};

my $scratch = tempdir ('test-tshark-XXXXXX', TMPDIR => 1, CLEANUP => 1);

# Two actors send every PDU with a value in every field; nobody judges actors, so they are counted by their script.
my $EVERY_PDU = 'tests/interop/every-pdu.lua';

# Between them: IPv6, login in pieces and redirected, text, reads, writes by R2T, pings, task management, async messages,
# resets, reinstatement, digests.
my @SCENARIOS = ($EVERY_PDU, map { "scenarios/$_.lua" } qw(io/ipv6 discovery/portal-groups redirect/temporary-and-back
  reconnect/rst-after-second-data-out recovery/lun-reset-by-another-host recovery/data-digest-error-of-immediate-data
  conformance/target/data-beyond-the-burst conformance/target/unknown-keys));

# tshark 4.0 guesses from the first PDU with data whether there are data digests. At the initiator these four octets arrive 145 ns
# behind their data, in a segment of their own: it decides that there are none, and is four octets off from there on. Only the
# target's view is compared.
my %ONLY_AT = ('scenarios/recovery/data-digest-error-of-immediate-data.lua' => 'target1');

# ---- what the two names of a field are ----

my %THEIRS = (
  TotalAHSLength => 'totalahslength', DataSegmentLength => 'datasegmentlength', I => 'I', LUN => 'LUNs',
  ITT => 'initiatortasktag', TTT => 'targettransfertag', CmdSN => 'cmdsn', ExpStatSN => 'expstatsn', StatSN => 'statsn',
  ExpCmdSN => 'expcmdsn', MaxCmdSN => 'maxcmdsn', DataSN => 'datasn', R2TSN => 'r2tsn', ExpDataSN => 'expdatasn',
  BufferOffset => 'bufferOffset', DesiredDataTransferLength => 'desireddatalength', ISID => 'isid', TSIH => 'tsih',
  CID => 'cid', CSG => 'login.csg', NSG => 'login.nsg', T => 'login.T', 'Version-max' => 'versionmax',
  'Version-min' => 'versionmin', 'Version-active' => 'versionactive', R => 'scsicommand.R', W => 'scsicommand.W',
  ATTR => 'scsicommand.attr', ExpectedDataTransferLength => 'scsicommand.expecteddatatransferlength',
  A => 'scsidata.A', S => 'scsidata.S', ReferencedTaskTag => 'taskmanfun.referencedtasktag', RefCmdSN => 'refcmdsn',
  Function => 'taskmanfun.function', ReasonCode => 'logout.reason', Time2Wait => 'time2wait', Time2Retain => 'time2retain',
  AsyncEvent => 'asyncevent', AsyncVCode => 'eventvendorcode', Parameter1 => 'parameter1', Parameter2 => 'parameter2',
  Parameter3 => 'parameter3', Reason => 'reject.reason', Type => 'snack.type', BegRun => 'snack.begrun',
  RunLength => 'snack.runlength', BidirectionalReadResidualCount => 'scsiresponse.bidireadresidualcount',
  o => 'scsiresponse.o', u => 'scsiresponse.u', Status => 'scsiresponse.status',
);

# Where one of our names has several of theirs.
my %THEIRS_IN = (
  'SCSI Command' => { F => 'scsicommand.F' },
  'SCSI Response' => { Response => 'scsiresponse.response', O => 'scsiresponse.O', U => 'scsiresponse.U',
    ResidualCount => 'scsiresponse.residualcount' },
  'Data-In' => { F => 'scsidata.F', O => 'scsidata.O', U => 'scsidata.U', ResidualCount => 'scsidata.readresidualcount' },
  'Data-Out' => { F => 'scsidata.F' },
  'Login Request' => { C => 'login.C' },
  'Login Response' => { C => 'login.C', Status => 'login.status' },
  'Text Request' => { F => 'text.F', C => 'text.C' },
  'Text Response' => { F => 'text.F', C => 'text.C' },
  'Task Management Function Response' => { Response => 'taskmanfun.response' },
  'Logout Response' => { Response => 'logout.response' },
);

# What tshark 4.0 does not show. The CDB is the SCSI dissector's; the rest is left out by packet-iscsi.c.
my %UNSEEN = (
  'SCSI Command' => [qw(CDB CDB2)],
  'SCSI Response' => [qw(F SNACKTag)],
  'Task Management Function Request' => [qw(F ExpDataSN)],
  'Task Management Function Response' => [qw(F TotalAHSLength DataSegmentLength)],
  'Data-In' => [qw(LUN TTT)],
  'Login Request' => [qw(I)],
  'Logout Request' => [qw(F)], 'Logout Response' => [qw(F)],
  'NOP-Out' => [qw(F)], 'NOP-In' => [qw(F)], 'R2T' => [qw(F)], 'SNACK Request' => [qw(F)],
  'Async Message' => [qw(F ITT)],
  'Reject' => [qw(F ITT)],
);

# Shown only where another field gives it a meaning.
my %SEEN_IF = ('Data-In Status' => 'S', 'Login Request NSG' => 'T', 'Login Response NSG' => 'T');

# ---- our side ----

sub ladder {
  my ($file) = @_;
  my @pdus;
  for (qx($ISCSILAB check --ladder $file)) {
    my ($packet, $line) = /^ *(\d+) +\d+\.\d+ +\d+ +(?:-->|<--) (.*)/ or next;
    my ($head, $text) = split / text="/, $line, 2;
    my ($name) = $head =~ /^(.*?) (?:\w+|octets)=/;
    my %fields;
    while ($head =~ /([A-Za-z][\w-]*)=(0x)?([0-9a-f]+)/g) {
      $fields{$1} = defined $2 ? hex $3 : $3;
    }
    push @pdus, { packet => $packet, name => $name, fields => \%fields, text => $text ? $text =~ s/\|*"$//r : undef };
  }
  return @pdus;
}

# ---- the dissector's ----

my %ENTITIES = (amp => '&', lt => '<', gt => '>', quot => '"', '#x27' => q('));

sub unescape { return $_[0] =~ s/&(#?\w+);/$ENTITIES{$1} \/\/ "&$1;"/ger }

# Flags of SCSI PDUs hang on the packet, not on the PDU, in this dissector: they come in a wrapper behind it. What a Reject quotes
# is a protocol within a protocol, and no PDU.
sub dissect {
  my ($file, @options) = @_;
  my (@pdus, $packet, $is_outbound, $pdu, $skip);
  open my $in, '-|', "tshark @options -r $file -T pdml 2>$scratch/tshark.err" or die;
  while (<$in>) {
    if (defined $skip) {
      undef $skip if /^$skip<\/proto>/;
    } elsif (/^ {3,}<proto /) {
      ($skip) = /^( +)/;
    } elsif (/^  <proto name="([^"]*)"(.*)/) {
      my ($name, $rest) = ($1, $2);
      $is_outbound = $rest =~ /\(outbound\)/ if $name eq 'frame';
      push @pdus, $pdu = { packet => $packet, is_outbound => $is_outbound, fields => {}, texts => [] } if $name eq 'iscsi';
      undef $pdu if $name ne 'iscsi' && $name ne 'fake-field-wrapper';
    } elsif (/<field name="num" .* show="(\d+)"/) {
      $packet = $1;
    } elsif ($pdu && /<field name="(?:iscsi\.)?([^"]*)".*? show="([^"]*)".*? value="([^"]*)"/) {
      my ($name, $show, $value) = ($1, $2, $3);
      push @{ $pdu->{texts} }, unescape ($show) if $name eq 'keyvalue';
      $pdu->{fields}{LUNs} = hex $value if $show =~ /^LUNs?$/;
      $pdu->{fields}{$name} = hex $value if $name ne '' && length $value <= 16;
    }
  }
  close $in or die "tshark on $file: $?\n";
  return @pdus;
}

# ---- both ----

sub is_unseen {
  my ($ours, $field) = @_;
  my $if = $SEEN_IF{"$ours->{name} $field"};
  return (grep { $_ eq $field } @{ $UNSEEN{ $ours->{name} } // [] }) || (defined $if && !$ours->{fields}{$if});
}

my %compared;

# The fields that differ, as text.
sub differences {
  my ($ours, $theirs) = @_;
  my @differ;
  for my $field (sort keys %{ $ours->{fields} }) {
    my $name = $THEIRS_IN{ $ours->{name} }{$field} // $THEIRS{$field};
    my $value = defined $name ? $theirs->{fields}{$name} : undef;
    if (is_unseen ($ours, $field)) {
      push @differ, "$field: listed as not shown, is shown" if defined $value;
      next;
    }
    $compared{ $ours->{name} }++;
    push @differ, sprintf '%s: ours %s, theirs %s', $field, $ours->{fields}{$field}, $value // 'not shown'
      if !defined $value || $value != $ours->{fields}{$field};
  }
  my $text = join '|', @{ $theirs->{texts} };
  push @differ, "text: ours '$ours->{text}', theirs '$text'" if ($ours->{text} // '') ne $text;
  return map { "packet $ours->{packet}, $ours->{name}: $_" } @differ;
}

# One interface of one capture; returns how many PDUs its machine has sent.
sub compare {
  my ($file, @options) = @_;
  my @ours = ladder ($file);
  my @theirs = dissect ($file, @options);
  my @wrong;
  is_deeply ([map { $_->{packet} } @theirs], [map { $_->{packet} } @ours], 'the same PDUs end in the same packets');
  for my $i (0 .. ($#ours < $#theirs ? $#ours : $#theirs)) {
    push @wrong, differences ($ours[$i], $theirs[$i]);
  }
  is (scalar @wrong, 0, 'every field has the same value') or diag join "\n", @wrong[0 .. ($#wrong < 20 ? $#wrong : 20)];
  my $complaints = qx(tshark @options -o tcp.check_checksum:TRUE -o ip.check_checksum:TRUE -r $file -Y '_ws.malformed ||
    tcp.analysis.flags || tcp.checksum.status == 0 || ip.checksum.status == 0 || iscsi.opcode.invalid' 2>/dev/null);
  is ($complaints, '', 'nothing is malformed, lost, sent again or wrongly summed');
  return scalar grep { $_->{is_outbound} } @theirs;
}

sub interfaces {
  my ($file) = @_;
  my %names = map { split /\t/ } grep { /\S/ } map { s/\n//r }
    qx(tshark -r $file -T fields -e frame.interface_id -e frame.interface_name 2>/dev/null);
  return %names;
}

sub run_scenario {
  my ($scenario, @options) = @_;
  my $output = qx($ISCSILAB run --no-recheck --timeout 240 --pcap $scratch --json $scratch/results.json @options $scenario 2>&1);
  is ($?, 0, 'the scenario passes') or diag $output;
  open my $in, '<', "$scratch/results.json" or die;
  local $/;
  return ($scratch . '/' . $scenario =~ tr{/}{-}r . '.pcapng', decode_json (<$in>)->[0]);
}

# An actor's PDUs are not judged, so not counted by the referee: its script tells.
sub sent_by_script {
  open my $in, '<', $EVERY_PDU or die;
  return scalar grep { /^    to_(?:target|initiator) \{/ } <$in>;
}

sub test_scenario {
  my ($scenario, $options, $tshark) = @_;
  my ($file, $result) = run_scenario ($scenario, @$options);
  my %names = interfaces ($file);
  cmp_ok (keys %names, '>=', 2, 'each machine is an interface');
  my $is_every_pdu = $scenario eq $EVERY_PDU;
  my $only = $ONLY_AT{$scenario};
  my $sent = 0;
  for my $id (sort { $a <=> $b } keys %names) {
    my $name = $names{$id};
    next if defined $only && $name ne $only;
    qx(tshark -r $file -Y 'frame.interface_name == "$name"' -w $scratch/one.pcapng 2>/dev/null);
    subtest "as $name sees it" => sub {
      my $count = compare ("$scratch/one.pcapng", @$tshark);
      $sent += $count if $is_every_pdu || $name !~ /^wire/;
    };
  }
  # Asked once of each PDU that an engine sends, where it leaves.
  my $expected = $is_every_pdu ? sent_by_script () : $result->{rules}{'opcode-side'};
  is ($sent, $expected, 'it sees as many PDUs as were sent') if !defined $only;
}

for my $scenario (@SCENARIOS) {
  subtest basename ($scenario, '.lua') => sub { test_scenario ($scenario, [], []) };
}
subtest 'in real time, on ports that are not 3260' => sub {
  test_scenario ('scenarios/reconnect/rst-after-second-data-out.lua', ['--live'], ['-d', 'tcp.port==1024-65535,iscsi']);
};
is (scalar keys %compared, 18, 'each of the 18 opcodes was compared') or diag join ', ', sort keys %compared;
note "$compared{$_} fields of $_" for sort keys %compared;
done_testing ();
