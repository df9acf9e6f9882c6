#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# One round of all scenarios on real TCP: each is a test of its own here, and then: the skipped ones are those of tests/live/skips.txt,
# for the reasons that stand there, and no others; the referee has judged every run; the machine is left as it was.
use strict;
use warnings;
use Cwd 'realpath';
use File::Basename 'dirname';
use File::Temp 'tempdir';
use JSON::PP 'decode_json';

chdir dirname (realpath ($0)) . '/../..' or die "the root of the tree: $!\n";
my $ISCSILAB = $ENV{ISCSILAB} // 'build/iscsilab';
my $LIST = 'tests/live/skips.txt';
my $results = tempdir ('test-live-XXXXXX', TMPDIR => 1, CLEANUP => 1);
$ENV{TMPDIR} = tempdir ('test-live-XXXXXX', TMPDIR => 1, CLEANUP => 1);

my $number = 0;

sub slurp {
  my ($file) = @_;
  open my $in, '<:raw', $file or return '';
  local $/;
  return <$in> // '';
}

sub has_login {
  my ($record) = @_;
  return grep { /IN_LOGIN -> LOGGED_IN/ } keys %{ $record->{transitions} };
}

# The lines of the second list that the first has not.
sub missing {
  my ($known, $lines) = @_;
  my %known = map { $_ => 1 } @$known;
  return grep { !$known{$_} } @$lines;
}

sub test {
  my ($name, @findings) = @_;
  $number++;
  print @findings ? 'not ' : '', "ok $number - $name\n";
  print "# $_\n" for @findings;
}

sub listed {
  my @lines = grep { !/^(#|$)/ } split /\n/, slurp ($LIST);
  return \@lines;
}

open my $run, '-|', $ISCSILAB, qw(run --live --jobs 12 --tap --timeout 120 --json), "$results/results.json", 'scenarios'
  or die "$ISCSILAB: $!\n";
while (<$run>) {
  $number = $1 if /^(?:not )?ok (\d+)/;
  print if !/^1\.\./;
}
close $run;
test ('the run ends with status 0', $? == 0 ? () : 'status ' . ($? >> 8));

my $records = eval { decode_json (slurp ("$results/results.json")) } // [];
my @skipped = map { "$_->{path}: $_->{skip_reason}" } grep { $_->{verdict} eq 'skip' } @$records;
my @unjudged = map { $_->{path} } grep { $_->{verdict} eq 'pass' && has_login ($_) && !%{ $_->{rules} } } @$records;
test ("what is skipped stands in $LIST", map { "not there: $_" } missing (listed (), \@skipped));
test ("what stands in $LIST is skipped", map { "not skipped: $_" } missing (\@skipped, listed ()));
test ('seven of ten scenarios run', @$records - @skipped >= 0.7 * @$records ? () : @skipped . ' of ' . @$records . ' are skipped');
test ('the referee has judged each run', map { "no rule was asked: $_" } @unjudged);
test ('nothing stays in the directory for temporary files', glob "$ENV{TMPDIR}/*");
print "1..$number\n";
