#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# `iscsilab target` under initiators that others wrote: libiscsi's tools and its conformance suite, and QEMU's driver.
#
# What iscsi-test-cu skips, over all units that it is given here, stands in tests/interop/skips.txt, each with our reason: a skip that
# is not in the list fails, and so does a line that is skipped no more. A skip of theirs is never counted as a pass of ours.
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
my $NAME = 'iqn.2026-01.example.iscsilab:interop';
my $LIMIT_S = 60;
my $work = tempdir ('test-interop-XXXXXX', TMPDIR => 1, CLEANUP => 1);

for my $tool (qw(iscsi-inq iscsi-test-cu qemu-img qemu-io)) {
  plan skip_all => "$tool is not installed" if !grep { -x "$_/$tool" } split /:/, $ENV{PATH};
}

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

sub truncate_file {
  my ($file, $bytes) = @_;
  spew ($file, '');
  truncate $file, $bytes or die "$file: $!\n";
}

# ---- the target ----

my $pid;
my @urls;

# With these options; its URLs, a unit each, are in @urls.
sub start_target {
  my (@options) = @_;
  spew ("$work/target", '');
  $pid = fork // die "fork: $!\n";
  if (!$pid) {
    open STDIN, '<', '/dev/null';
    open STDOUT, '>', "$work/target";
    open STDERR, '>&', \*STDOUT;
    exec $ISCSILAB, 'target', '--listen', '127.0.0.1:0', '--name', $NAME, @options or POSIX::_exit (127);
  }
  my $units = grep { /^--lun/ } @options;
  my $end = time + 10;
  while (time < $end) {
    @urls = slurp ("$work/target") =~ m{^listening on (iscsi://\S+)$}mg;
    return if @urls >= $units;
    sleep 0.01;
  }
  die "iscsilab target: expected $units units, got: " . slurp ("$work/target") . "\n";
}

# Its exit status, after SIGTERM.
sub stop_target {
  return 0 if !$pid;
  kill 'TERM', $pid;
  waitpid $pid, 0;
  $pid = 0;
  return $?;
}

END { stop_target () }

# ---- the tools ----

sub tool {
  my (@command) = @_;
  my $from = join ' ', map { "'$_'" } 'timeout', $LIMIT_S, @command;
  my $output = qx($from 2>&1 </dev/null);
  return ($? >> 8, $output);
}

sub tool_says {
  my ($name, $expected, @command) = @_;
  my ($status, $output) = tool (@command);
  my $is_good = $status == 0 && $output =~ $expected;
  ok ($is_good, $name) or diag "@command: status $status\n$output";
}

# ---- the suite ----

# What iscsi-test-cu made of a unit: how many tests failed, and what it said of those that it skipped. `families`: which.
sub suite {
  my ($url, @families) = @_;
  my $result = { ran => 0, failed => 0, skips => {}, output => '' };
  for my $family (@families) {
    my ($status, $output) = tool ('iscsi-test-cu', '--dataloss', "--test=$family", $url);
    my ($ran, $failed) = $output =~ /^ +tests +\d+ +(\d+) +\d+ +(\d+) /m;
    $result->{ran} += $ran // 0;
    $result->{failed} += $failed // 1; # it broke off
    $result->{skips}{$_} = 1 for $output =~ /\[SKIPPED\] ([^\n]*?)\.?$/mg;
    $result->{output} .= $output;
  }
  return $result;
}

# Those that wait for seconds have nothing to do with what kind of unit it is: they are run on one.
sub quick_families {
  my ($status, $list) = tool ('iscsi-test-cu', '--list');
  return grep { !/Reserve6$|iSCSIcmdsn$/ } $list =~ /^(ALL\.\w+)$/mg;
}

sub listed_skips {
  my %listed;
  for my $line (grep { !/^(#|$)/ } split /\n/, slurp ('tests/interop/skips.txt')) {
    my ($skip, $reason) = $line =~ /^(.*?): (.+)$/ or die "tests/interop/skips.txt: expected 'SKIP: reason', got '$line'\n";
    $listed{$skip} = $reason;
  }
  return \%listed;
}

# ---- the tests ----

start_target ('--lun=64M', '--lun=64M,block=4096', '--lun=64M,thin');
my ($portal) = $urls[0] =~ m{^(iscsi://[^/]+)/};
tool_says ('iscsi-ls finds the target and both units', qr/^Target:\Q$NAME\E .*^Lun:0 .*^Lun:1 /ms, 'iscsi-ls', '-s', $portal);
tool_says ('iscsi-inq reads who it is', qr/^Vendor:ISCSILAB$/m, 'iscsi-inq', $urls[0]);
tool_says ('iscsi-inq reads the identification of the unit', qr/NAA/, 'iscsi-inq', '-e', 1, '-c', 0x83, $urls[0]);
tool_says ('iscsi-readcapacity16 reads 512-octet blocks', qr/RETURNED LOGICAL BLOCK ADDRESS:131071\n.*BYTES:512$/m,
           'iscsi-readcapacity16', $urls[0]);
tool_says ('iscsi-readcapacity16 reads 4096-octet blocks', qr/RETURNED LOGICAL BLOCK ADDRESS:16383\n.*BYTES:4096$/m,
           'iscsi-readcapacity16', $urls[1]);
my $with_digest = qq(json:{"driver":"raw","file":{"driver":"iscsi","transport":"tcp","portal":") . $portal =~ s{^iscsi://}{}r
  . qq(","target":"$NAME","lun":0,"header-digest":"crc32c"}});
tool_says ('QEMU, which takes no login without it, agrees on a header digest', qr{^read 65536/65536 bytes}m, 'qemu-io', '-c', 'read 0 64k',
           $with_digest);

tool_says ('iscsi-swp protects a unit', qr/^SWP:0\nTurning SWP ON$/m, 'iscsi-swp', '-s', 'on', $urls[1]);
my ($status, $output) = tool ('qemu-io', '-f', 'raw', '-c', 'write 0 64k', $urls[1]);
like ($output, qr/write protected/, 'nobody writes to it then');
tool_says ('... and frees it', qr/^SWP:1\nTurning SWP OFF$/m, 'iscsi-swp', '-s', 'off', $urls[1]);

tool_says ('iscsi-perf reads at random', qr/iops/i, 'iscsi-perf', '-r', '-b', 8, '-m', 32, '-t', 1, $urls[0]);

# Blocks that say where they belong, in a file that no unit's cache makes equal by chance.
my $image = join '', map { pack 'Q<*', map { $_ } ($_ * 64 .. $_ * 64 + 63) } 0 .. 8191;
spew ("$work/image", $image);
tool_says ('qemu-img convert writes an image', qr/^$/, 'qemu-img', 'convert', '-n', '-f', 'raw', '-O', 'raw', "$work/image", $urls[0]);
tool_says ('qemu-img convert reads it back', qr/^$/, 'qemu-img', 'convert', '-f', 'raw', '-O', 'raw', $urls[0], "$work/back");
ok (substr (slurp ("$work/back"), 0, length $image) eq $image, '... each byte of it');
tool_says ('qemu-img compare finds no difference', qr/^Images are identical\.$/m, 'qemu-img', 'compare', '-f', 'raw', '-F', 'raw',
           "$work/back", $urls[0]);
tool_says ('qemu-io writes and verifies patterns, whole and over the edges of blocks', qr/\A(?!.*(?:Pattern verification failed|error))/s,
           'qemu-io', '-f', 'raw', map ({ ('-c', $_) } 'write -P 0x5a 1M 3M', 'aio_write -P 0xa5 2M 512k', 'aio_flush', 'flush',
           'read -P 0x5a 1M 1M', 'read -P 0xa5 2M 512k', 'read -P 0x5a 2560k 1536k', 'write -P 1 4095k 513', 'read -P 1 4095k 513'),
           $urls[0]);

my %skips;
my %suites = ('a thick unit of 512-octet blocks' => $urls[0], 'one of 4096-octet blocks' => $urls[1], 'a thin one' => $urls[2]);
for my $unit (sort keys %suites) {
  my $result = suite ($suites{$unit}, $unit =~ /thick/ ? 'ALL' : quick_families ());
  is ($result->{failed}, 0, "iscsi-test-cu: no test fails on $unit") or diag $result->{output};
  cmp_ok ($result->{ran}, '>=', 200, '... of all that there are');
  %skips = (%skips, %{ $result->{skips} });
}
is (stop_target (), 0, 'the target has stood all of that, and leaves with 0');

truncate_file ("$work/disk", 4 << 20);
start_target ("--lun=file=$work/disk,ro");
($status, $output) = tool ('iscsi-test-cu', '--dataloss', '--test=ALL.ReadOnly', $urls[0]);
like ($output, qr/^ +tests +1 +1 +1 +0 /m, 'iscsi-test-cu: a unit that is read-only refuses every command that writes') or diag $output;
stop_target ();

my $listed = listed_skips ();
is_deeply ([ grep { !$listed->{$_} } sort keys %skips ], [], 'each test that is skipped stands in tests/interop/skips.txt');
is_deeply ([ grep { !$skips{$_} } sort keys %$listed ], [], '... and none that is not');
note sprintf '%d kinds of skip', scalar keys %skips;
done_testing ();
