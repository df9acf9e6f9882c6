#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Foreign targets under our scenarios: what tgtd and istgt fail is what tests/interop/PEER-fails.txt says, in both directions.
#
# A line of such a list is a scenario and the reason, as docs/conformance/peers.md has it. A failure that is not in the list is
# one of ours or a new one of theirs; a line without a failure is out of date, unless it says "now and then". A skip is neither.
use strict;
use warnings;
use Cwd 'realpath';
use File::Basename 'dirname';
use File::Temp 'tempdir';
use JSON::PP 'decode_json';
use POSIX ();
use Test::More;

chdir dirname (realpath ($0)) . '/../..' or die "the root of the tree: $!\n";
my $ISCSILAB = $ENV{ISCSILAB} // 'build/iscsilab';
my $PAGE = 'docs/conformance/peers.md';

# What shows something of a target and takes a few seconds of real time.
my @SCENARIOS = (
  'scenarios/conformance/target',
  'scenarios/discovery/one-target.lua',
  (map { "scenarios/io/$_.lua" } qw(every-data-mode names report-luns)),
  (map { "scenarios/faults/$_.lua" } qw(forged-under-digests held-and-released login-text-edited login-text-in-pieces)),
  'scenarios/mpio/another-unit.lua',
  'scenarios/regressions/every-function-on-every-unit.lua',
  'scenarios/regressions/order-of-cmdsn.lua',
  'scenarios/recovery/data-digest-error-of-a-data-in.lua',
);

my $scratch = tempdir ('test-peers-XXXXXX', TMPDIR => 1, CLEANUP => 1);

sub slurp {
  my ($file) = @_;
  open my $in, '<:encoding(UTF-8)', $file or return '';
  local $/;
  return <$in> // '';
}

# Scenario => reason.
sub expected_failures {
  my ($peer) = @_;
  my %reasons;
  for (split /\n/, slurp ("tests/interop/$peer-fails.txt")) {
    next if /^#/ || /^\s*$/;
    my ($scenario, $reason) = /^(\S+)\s+(\S.*)$/ or die "tests/interop/$peer-fails.txt: '$_': expected a scenario and a reason\n";
    $reasons{$scenario} = $reason;
  }
  return %reasons;
}

# All scenarios against all peers at once: they mostly wait.
sub start_run {
  my ($peer) = @_;
  my $pid = fork // die "fork: $!\n";
  return $pid if $pid;
  open STDIN, '<', '/dev/null';
  open STDOUT, '>', "$scratch/$peer.output";
  open STDERR, '>&', \*STDOUT;
  exec $ISCSILAB, 'run', '--target', $peer, '--jobs', 8, '--timeout', 50, '--json', "$scratch/$peer.json", @SCENARIOS
    or POSIX::_exit (127);
}

sub results {
  my ($peer, $pid) = @_;
  waitpid $pid, 0;
  my $results = eval { decode_json (slurp ("$scratch/$peer.json")) }
    or die "$peer: no results:\n" . slurp ("$scratch/$peer.output");
  return @$results;
}

sub judge {
  my ($peer, $pid) = @_;
  my %reasons = expected_failures ($peer);
  my @results = results ($peer, $pid);
  my %verdict = map { $_->{path} => $_->{verdict} } @results;
  my $passed = grep { $verdict{$_} eq 'pass' && !exists $reasons{$_} } keys %verdict;
  my $skipped = grep { $_ eq 'skip' } values %verdict;
  my $count = sprintf '**%s**: %d passed, %d failed, %d skipped of ours', $peer, $passed, scalar keys %reasons, $skipped;
  like (slurp ($PAGE), qr/^\Q$count\E\.$/m, "$PAGE has the count: $count");
  for my $result (grep { $_->{verdict} eq 'fail' } @results) {
    next if exists $reasons{ $result->{path} };
    fail ("$result->{path}: expected in tests/interop/$peer-fails.txt");
    diag (join "\n", map { "  $_: " . ($result->{$_} // '') } qw(failure property expected actual where));
  }
  for my $scenario (sort keys %reasons) {
    my $wanted = $reasons{$scenario} =~ /^now and then: / ? qr/^(?:fail|pass)$/ : qr/^fail$/;
    like ($verdict{$scenario} // 'not run', $wanted, "$scenario: $reasons{$scenario}");
  }
}

# Each failure has its row there, with its evidence.
sub page_is_whole {
  my $page = slurp ($PAGE);
  for my $peer (qw(tgtd istgt)) {
    my %reasons = expected_failures ($peer);
    for my $scenario (sort keys %reasons) {
      my $name = $scenario =~ s{^scenarios/(?:conformance/target/)?(.*)\.lua$}{$1}r;
      like ($page, qr/^\| `\Q$name\E` \| $peer \|/m, "$PAGE has a row for $name on $peer");
    }
  }
}

sub is_installed {
  my ($program) = @_;
  return scalar grep { -x "$_/$program" } split (/:/, $ENV{PATH}), '/usr/sbin';
}

my %runs = map { $_ => start_run ($_) } grep { is_installed ($_) } qw(tgtd istgt);
for my $peer (qw(tgtd istgt)) {
  SKIP: {
    skip "$peer is not installed", 1 if !$runs{$peer};
    subtest "$peer fails what its list says, and nothing else" => sub { judge ($peer, $runs{$peer}) };
  }
}
subtest 'the page of peers tells of each expected failure' => \&page_is_whole;
done_testing ();
