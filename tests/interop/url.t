#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# `iscsilab run --target iscsi://...`: a target that somebody else runs, here a tgtd of this test's, keeps what is on it, unless
# --dataloss is given, and is not reset, unless --disruptive is.
use strict;
use warnings;
use Cwd 'realpath';
use File::Basename 'dirname';
use File::Temp 'tempdir';
use IO::Socket::INET;
use POSIX ();
use Test::More;
use Time::HiRes 'sleep';

chdir dirname (realpath ($0)) . '/../..' or die "the root of the tree: $!\n";
$ENV{PATH} .= ':/usr/sbin';
my $ISCSILAB = $ENV{ISCSILAB} // 'build/iscsilab';
my $NAME = 'iqn.2026-01.example:other';
my $SIZE = 8 << 20;
my $scratch = tempdir ('test-url-XXXXXX', TMPDIR => 1, CLEANUP => 1);
$ENV{TGT_IPC_SOCKET} = "$scratch/control";

plan skip_all => 'tgtd is not installed (Debian package tgt)' if !grep { -x "$_/tgtd" } split /:/, $ENV{PATH};

# ---- the target ----

sub free_port {
  return IO::Socket::INET->new (Listen => 1, LocalAddr => '127.0.0.1')->sockport;
}

my $port = free_port ();
my $control_port = $port & 0x7fff;
my $url = "iscsi://127.0.0.1:$port/$NAME";
my $KNOWN = '?excuse=exp-data-sn'; # docs/conformance/peers.md

sub start_tgtd {
  my $pid = fork // die "fork: $!\n";
  return $pid if $pid;
  open STDOUT, '>', "$scratch/tgtd.log";
  open STDERR, '>&', \*STDOUT;
  exec 'tgtd', '--foreground', '--control-port', $control_port, '--iscsi', "portal=127.0.0.1:$port" or POSIX::_exit (127);
}

sub tgtadm {
  return system ("tgtadm --control-port $control_port --lld iscsi @_ >> $scratch/tgtadm.log 2>&1") == 0;
}

# Something that must not be lost: no block of it is zero, or one of a scenario's.
sub fill_disk {
  open my $out, '>:raw', "$scratch/disk" or die;
  print $out 'Z' x $SIZE;
  close $out;
}

sub disk_is_as_it_was {
  open my $in, '<:raw', "$scratch/disk" or die;
  local $/;
  return <$in> eq 'Z' x $SIZE;
}

fill_disk ();
my $tgtd = start_tgtd ();
for (1 .. 500) {
  last if tgtadm ('--op show --mode sys');
  sleep 0.01;
}
tgtadm ("--op new --mode target --tid 1 --targetname $NAME")
  && tgtadm ("--op new --mode logicalunit --tid 1 --lun 1 --backing-store $scratch/disk")
  && tgtadm ('--op bind --mode target --tid 1 --initiator-address ALL')
  or BAIL_OUT ('tgtd cannot be told what to serve');

# ---- runs ----

sub run {
  my (@arguments) = @_;
  my $output = qx($ISCSILAB run @arguments 2>&1);
  return ($? >> 8, $output);
}

sub scenario {
  my ($name, $body) = @_;
  open my $out, '>', "$scratch/$name.lua" or die;
  print $out <<"END";
return scenario { title = "$name", run = function (lab)
  local target = lab:target { luns = { "1M" } }
$body
end }
END
  return "$scratch/$name.lua";
}

sub is_run {
  my ($wanted_status, $wanted, $name, @arguments) = @_;
  my ($status, $output) = run (@arguments);
  is ($status, $wanted_status, "$name: exit status $wanted_status");
  like ($output, $wanted, $name) or diag ($output);
}

# ---- what may be done ----

my $connect = 'local session = lab:initiator {}:connect_target { node_address = target.name }';
my $read = scenario ('read', "$connect session:disk(1):read {}");
my $write = scenario ('write', "$connect local disk = session:disk(1) disk:write {} disk:read {}");
my $reset = scenario ('reset', "$connect session:lun_reset(1)");
my $raw = scenario ('raw', 'local wire = lab:wire_initiator {} wire:connect { portal = target.portals[1] } '
  . 'wire:login { target = target.name } wire:send { opcode = "SCSI Command", W = 1, ExpectedDataTransferLength = 512, '
  . 'cdb = "2a 00 00000000 00 0001", pattern = 512 }');
my $forge = scenario ('forge', 'lab:fault { on = target, when = { pdu = "SCSI Command" }, direction = "to_target", '
  . 'act = "overwrite", set = { CDB = 0 } }');
my $kill = scenario ('kill', 'target:kill()');
my $large = scenario ('large', 'lab:target { luns = { "16M" } }');

is_run (0, qr/^1 passed, 0 failed, 0 skipped$/m, 'the first disk is found and read, whatever is on it', '--target', "'$url$KNOWN'", $read);
is_run (11, qr/\(exp-data-sn: R-PDU-029\)/, 'a rule that it breaks is seen unless it is excused', '--target', $url, $read);
is_run (3, qr/disk:(?:start_)?write may overwrite .* it needs --dataloss\)/, 'a write is a reason to skip', '--target', "'$url$KNOWN'", $write);
is_run (3, qr/wire_initiator:send may overwrite .* it needs --dataloss\)/, 'so is one in a PDU by hand', '--target', $url, $raw);
is_run (3, qr/overwrite may overwrite .* it needs --dataloss\)/, 'so is a fault that forges commands', '--target', $url, $forge);
is_run (3, qr/lun_reset may disturb others .* it needs --disruptive\)/, 'so is a reset', '--target', $url, '--dataloss', $reset);
is_run (3, qr/target:kill is for a process of ours\)/, 'so is its death', '--target', $url, '--dataloss', '--disruptive', $kill);
is_run (3, qr/is one disk of one target/, 'so is a second target', '--target', $url, $large);
ok (disk_is_as_it_was (), 'and nothing was written by any of them');
is_run (0, qr/^1 passed, 0 failed, 0 skipped$/m, 'with --disruptive there is a reset', '--target', "'$url/1$KNOWN'", '--disruptive', $reset);
ok (disk_is_as_it_was (), 'which wrote nothing');
is_run (0, qr/^1 passed, 0 failed, 0 skipped$/m, 'with --dataloss it is written to', '--target', "'$url/1$KNOWN'", '--dataloss', $write);
ok (!disk_is_as_it_was (), 'and it shows');

# ---- what is not there ----

is_run (3, qr{'\Q$url\E/7': expected the capacity of a disk at LUN 7, got: }, 'a LUN that is not there', '--target', "$url/7", $read);
is_run (3, qr{expected a login, got: .*not found \(0x0203\)}, 'a name that is not there', '--target', "${url}x", $read);
my $free = free_port ();
is_run (3, qr{'iscsi://127\.0\.0\.1:$free/$NAME': expected a login, got: .*refused}, 'nobody there',
  '--target', "iscsi://127.0.0.1:$free/$NAME", $read);
for my $row (
  [ 'iscsi://h', 'expected iscsi://HOST\[:PORT\]/NAME\[/LUN\], got' ],
  [ 'http://h/iqn.2026-01.x:y', 'expected iscsi://HOST\[:PORT\]/NAME\[/LUN\], got' ],
  [ 'iscsi://h:99999/iqn.2026-01.x:y', q(expected a host, and perhaps a port, behind 'iscsi://', got 'h:99999') ],
  [ 'iscsi://h/foo', q(expected an iSCSI name behind the host, got 'foo') ],
  [ 'iscsi://h/iqn.2026-01.x:y/z', q(expected a LUN of 0 to 16383, got 'z') ],
  [ 'iscsi://h/iqn.2026-01.x:y?excuse=all', q(expected 'dataloss', 'disruptive' or 'excuse=RULE' behind '\?', got 'excuse=all') ],
  [ 'foo', q(expected one of tgtd, istgt, or iscsi://HOST\[:PORT\]/NAME\[/LUN\], got 'foo') ],
) {
  is_run (2, qr/$row->[1]/, "the URL $row->[0]", '--target', "'$row->[0]'", $read);
}
is_run (2, qr/'--dataloss': expected '--target iscsi:/, '--dataloss without a URL', '--dataloss', '--target', 'tgtd', $read);

kill KILL => $tgtd;
waitpid $tgtd, 0;
done_testing ();
