#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# judges.t - each judge fails on the bug that is planted for it
#
# Each binary is the product with one function replaced at link time (tests/planted/*.c). The scenarios are those that pass on
# the product itself; here they must fail, with the exit status of their kind and a report that says what was expected, what
# came, and how to replay it. A judge must see it on real TCP as well, but for the one that compares two runs.
use strict;
use warnings;
use File::Basename 'dirname';
use Test::More;

my $PROGRAM = $ENV{ISCSILAB} // 'build/asan/iscsilab';
my $PLANTED = dirname ($PROGRAM) . '/planted';

sub run {
  my ($program, @arguments) = @_;
  my $output = qx($program run @arguments 2>&1 </dev/null);
  return ($? >> 8, $output);
}

my @JUDGES = (
  { name => 'a stale write is found by the oracle, exit 10', bug => 'stale-write', exit => 10,
    scenario => 'scenarios/io/write-and-read-back.lua',
    says => [ qr/property: no lost, stale, torn or misplaced write/, qr/expected: block \d+/, qr/actual: .*superseded|actual: / ] },
  { name => 'a task that completes twice is found, exit 10', bug => 'twice', exit => 10,
    scenario => 'scenarios/io/write-and-read-back.lua',
    says => [ qr/property: every task completes exactly once/, qr/actual: task \d+ completed a second time/ ] },
  { name => 'hash-order iteration is found by the second run, exit 14', bug => 'hash-order', exit => 14,
    scenario => 'scenarios/persistence/registered-three-times.lua', repeat => 6,
    says => [ qr/failure: not deterministic/, qr/fingerprint/i ] },
  { name => 'the old copy of a write that was done again elsewhere is found by the oracle, exit 10', bug => 'no-fence', exit => 10,
    scenario => 'scenarios/mpio/old-copy-of-a-write.lua',
    says => [ qr/property: no lost, stale, torn or misplaced write/, qr/actual: .*superseded/ ] },
  { name => 'connections that pile up are found, exit 12', bug => 'leak', exit => 12,
    scenario => 'scenarios/reconnect/rst-after-second-data-out.lua',
    says => [ qr/property: leak slope/, qr/actual: initiator .* has \d+ connections for 1 sessions/ ] },
  { name => 'no recovery is found by the liveness judge, exit 12', bug => 'no-recovery', exit => 12,
    scenario => 'scenarios/reconnect/rst-after-second-data-out.lua',
    says => [ qr/failure: liveness/, qr/1: rst after Data-Out/ ] },
  { name => 'a DataSN that comes twice is found by the referee, exit 11', bug => 'data-sn-again', exit => 11,
    scenario => 'scenarios/reconnect/rst-after-second-data-out.lua',
    says => [ qr/failure: protocol violation/, qr/property: .*\(data-out-data-sn: R-NUM-029/, qr/expected: DataSN 3/,
              qr/actual: DataSN 2, from the initiator at initiator1: Data-Out / ] },
);

for my $judge (@JUDGES) {
  subtest $judge->{name} => sub {
    my $binary = "$PLANTED/$judge->{bug}";
    ok (-x $binary, "$binary was built") or return;
    my ($status, $output) = run ($PROGRAM, $judge->{scenario});
    is ($status, 0, 'the product itself passes') or diag $output;

    # The order of a table hashed by address may come out right by chance: then it is no bug that time.
    for my $round (1 .. $judge->{repeat} // 1) {
      ($status, $output) = run ($binary, $judge->{scenario});
      last if $status != 0;
    }
    is ($status, $judge->{exit}, "the planted bug ends with $judge->{exit}") or diag $output;
    like ($output, $_, "the report says $_") for @{ $judge->{says} };
    like ($output, qr/^0 passed, 1 failed, 0 skipped$/m, 'it is counted as failed');
    like ($output, qr{replay: \S+ run --seed \d+ \S+\.lua}, 'it says how to replay');
    return if $judge->{exit} == 14;
    ($status, $output) = run ($binary, '--live', $judge->{scenario});
    is ($status, $judge->{exit}, 'live, it is found as well') or diag $output;
    like ($output, $_, "and the report says $_") for @{ $judge->{says} };
  };
}
done_testing ();
