#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# referee.t - what a scenario may excuse, and what a run tells about the rules of the wire
use strict;
use warnings;
use File::Temp 'tempdir';
use JSON::PP;
use Test::More;

my $PROGRAM = $ENV{ISCSILAB} // 'build/asan/iscsilab';
my $scratch = tempdir (CLEANUP => 1);

sub run_scenario {
  my ($name, $body) = @_;
  open my $out, '>', "$scratch/$name.lua" or die;
  print $out qq(return scenario { title = "$name", run = function(lab)\n$body\nend })
    or die;
  close $out or die;
  my $output = qx($PROGRAM run --json $scratch/$name.json $scratch/$name.lua 2>&1 </dev/null);
  return ($? >> 8, $output);
}

my $SESSION = q(local target = lab:target { luns = { "1M" } }
  local session = lab:initiator {}:connect_target { node_address = target.name });

my ($status, $output) = run_scenario ('unneeded', qq(lab:excuse "data-in-data-sn"\n$SESSION));
is ($status, 1, 'an excuse that nobody needed fails the scenario') or diag $output;
like ($output, qr/property: every rule that is excused is broken/, 'it says what should have been');
like ($output, qr/actual: 'data-in-data-sn' was kept throughout/, 'and which excuse it was');

($status, $output) = run_scenario ('unknown', 'lab:excuse "no-such-rule"');
is ($status, 1, 'an excuse for a rule that is not there fails') or diag $output;
like ($output, qr/lab:excuse: expected a rule of the referee, got 'no-such-rule'/, 'and says so');

($status, $output) = run_scenario ('counted', $SESSION);
is ($status, 0, 'a plain login keeps every rule') or diag $output;
open my $in, '<', "$scratch/counted.json" or die;
local $/;
my $json = <$in>;
like ($json, qr/"cmd-sn-order"\s*:\s*\d+/, 'the results count how often a rule was asked');
unlike ($json, qr/"r2t-sn"/, 'and name no rule that was not');
ok (decode_json ($json), 'the results are JSON');
done_testing ();
