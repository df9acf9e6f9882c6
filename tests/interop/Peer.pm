# SPDX-License-Identifier: Apache-2.0
#
# `iscsilab run --target PEER` against a real one: the data arrives, and nothing stays behind, whichever way the run ends.
#
# What is ours is known by its environment: TMPDIR is a directory of this test's own, in the runner and in all that it starts.
# A process that has ended but was not waited for has no environment, and does not count.
package Peer;

use strict;
use warnings;
use Cwd 'realpath';
use Exporter 'import';
use File::Basename 'dirname';
use File::Temp 'tempdir';
use JSON::PP 'decode_json';
use POSIX 'WNOHANG';
use Test::More;
use Time::HiRes qw(sleep time);

our @EXPORT_OK = 'test_peer';

chdir dirname (realpath ($0)) . '/../..' or die "the root of the tree: $!\n";
my $ISCSILAB = $ENV{ISCSILAB} // 'build/iscsilab';
my $LIMIT_S = 60;

my $results = tempdir ('test-interop-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my $scratch = tempdir ('test-interop-XXXXXX', TMPDIR => 1, CLEANUP => 1);
$ENV{TMPDIR} = $scratch;

my $peer;       # 'tgtd'
my $port_of;    # its port, from the command line of its process

sub slurp {
  my ($file) = @_;
  open my $in, '<:raw', $file or return '';
  local $/;
  return <$in> // '';
}

# ---- processes ----

sub start_run {
  my (@arguments) = @_;
  my $pid = fork // die "fork: $!\n";
  return $pid if $pid;
  open STDIN, '<', '/dev/null';
  open STDOUT, '>', "$results/output";
  open STDERR, '>&', \*STDOUT;
  exec $ISCSILAB, 'run', @arguments or POSIX::_exit (127);
}

# Of all that has our TMPDIR, this test itself apart: process id => name.
sub ours {
  my %names;
  for my $directory (glob '/proc/[0-9]*') {
    my ($pid) = $directory =~ /(\d+)$/;
    my @environment = split /\0/, slurp ("$directory/environ");
    next if $pid == $$ || !grep { $_ eq "TMPDIR=$scratch" } @environment;
    chomp ($names{$pid} = slurp ("$directory/comm"));
  }
  return %names;
}

sub ours_text {
  my %names = ours ();
  return join ', ', map { "$names{$_} ($_)" } sort { $a <=> $b } keys %names;
}

# Asks until it is true; the last answer.
sub wait_until {
  my ($limit_s, $condition) = @_;
  my $end = time + $limit_s;
  my $answer;
  sleep 0.002 while !($answer = $condition->()) && time < $end;
  return $answer;
}

# The exit status as waitpid gives it; a run that does not end is killed.
sub wait_for_run {
  my ($pid) = @_;
  my $is_over = wait_until ($LIMIT_S, sub { waitpid ($pid, WNOHANG) == $pid });
  return $? if $is_over;
  kill KILL => $pid;
  waitpid $pid, 0;
  return $?;
}

# The port that our peer was told to listen on, once there is one.
sub peer_port {
  my %names = ours ();
  for my $pid (grep { $names{$_} eq $peer } keys %names) {
    my $port = $port_of->(split /\0/, slurp ("/proc/$pid/cmdline"));
    return $port if $port;
  }
  return undef;
}

sub is_connected {
  my ($port) = @_;
  return slurp ('/proc/net/tcp') =~ sprintf '(?m)^ *\d+: 0100007F:%04X [0-9A-F]+:[0-9A-F]+ 01 ', $port;
}

# ---- results ----

# The greatest figure of that name, wherever the results hold it.
sub figure {
  my ($json, $name) = @_;
  my $most = 0;
  my @left = ($json);
  while (@left) {
    my $item = shift @left;
    push @left, @$item if ref $item eq 'ARRAY';
    next if ref $item ne 'HASH';
    push @left, values %$item;
    $most = $item->{$name} if defined $item->{$name} && !ref $item->{$name} && $item->{$name} > $most;
  }
  return $most;
}

sub directories {
  return join ', ', glob "$scratch/iscsilab-$peer-*";
}

# ---- the tests ----

# Each verified byte was written before: the JSON says how many.
sub passes {
  my ($scenario, $least_bytes) = @_;
  my $status = wait_for_run (start_run ('--target', $peer, '--timeout', 50, '--json', "$results/results.json", $scenario));
  my $output = slurp ("$results/output");
  is ($status, 0, 'exit status 0');
  like ($output, qr/\b1 passed, 0 failed, 0 skipped$/m, 'one scenario passed') or diag ($output);
  my $json = eval { decode_json (slurp ("$results/results.json")) };
  ok ($json, '--json writes JSON') or return;
  cmp_ok (figure ($json, $_), '>=', $least_bytes, "$_: at least $least_bytes") for qw(bytes_written bytes_verified);
}

sub nothing_is_left {
  is (ours_text (), '', 'no process');
  is (directories (), '', "no directory of a $peer");
}

sub killed_runner {
  my $runner = start_run ('--target', $peer, 'tests/interop/sizes.lua');
  my $port;
  wait_until ($LIMIT_S, sub { $port = peer_port () or waitpid ($runner, WNOHANG) == $runner });
  ok ($port, "a $peer of ours was started") or return diag (slurp ("$results/output"));
  ok (wait_until (10, sub { is_connected ($port) }), 'and has a connection');
  kill KILL => $runner;
  waitpid $runner, 0;
  is ($? & 127, 9, 'the runner was killed in the middle');
  ok (wait_until (10, sub { !ours () }), 'no process is left 10 s later') or diag (ours_text ());
  my $left = 0;
  $left += -s for grep { -f } glob "$scratch/iscsilab-$peer-*/*";
  cmp_ok ($left, '<', 1 << 20, 'and of what was written, nothing');
}

sub test_peer {
  ($peer, my $package, $port_of) = @_;
  plan skip_all => "$peer is not installed (Debian package $package)"
    if !grep { -x "$_/$peer" } split (/:/, $ENV{PATH}), '/usr/sbin';
  subtest "64 MiB are written to $peer and verified, at several sizes and digests" =>
    sub { passes ('tests/interop/sizes.lua', 64 << 20) };
  subtest "nothing is lost when a $peer is killed and started again under writes" =>
    sub { passes ('tests/interop/killed.lua', 32 << 20) };
  subtest "a $peer tells of its target over a discovery session" => sub { passes ('scenarios/discovery/one-target.lua', 0) };
  subtest 'nothing is left of a run that has ended' => \&nothing_is_left;
  subtest "no $peer outlives a runner that is killed" => \&killed_runner;
  kill KILL => keys %{ { ours () } };
  done_testing ();
}

1;
