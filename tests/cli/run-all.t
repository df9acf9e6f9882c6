#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# The test runner itself: what it counts as passed, failed and skipped, in a small tree of programs that misbehave.
use strict;
use warnings;
use Cwd 'realpath';
use File::Basename 'dirname';
use File::Copy 'copy';
use File::Path 'make_path';
use File::Temp 'tempdir';
use Test::More;

my $RUN_ALL = realpath (dirname ($0) . '/../run-all');

sub spew {
  my ($file, $text) = @_;
  make_path (dirname ($file));
  open my $out, '>', $file or die "$file: $!\n";
  print $out $text;
  close $out;
  chmod 0755, $file;
}

# A tree whose build does what $recipe says and whose command-line tests are the given shell scripts.
sub tree {
  my ($recipe, %programs) = @_;
  my $root = tempdir ('iscsilab-run-all-XXXXXX', TMPDIR => 1, CLEANUP => 1);
  spew ("$root/Makefile", "all build/asan/iscsilab unit-tests planted:\n\t\@$recipe\n");
  make_path ("$root/tests");
  copy ($RUN_ALL, "$root/tests/run-all") or die;
  chmod 0755, "$root/tests/run-all";
  spew ("$root/tests/cli/$_.t", "#!/bin/sh\n$programs{$_}\n") for keys %programs;
  return $root;
}

sub run_tree {
  my ($root, @groups) = @_;
  my $output = qx($root/tests/run-all @groups 2>&1);
  return ($? >> 8, $output);
}

sub ends_with {
  my ($name, $root, $expected_status, $expected_line) = @_;
  my ($status, $output) = run_tree ($root, 'cli');
  my ($last) = $output =~ /([^\n]*)\n\z/;
  is ("$last, exit $status", "$expected_line, exit $expected_status", $name) or diag $output;
  return $output;
}

ends_with ('a program that passes counts each of its tests', tree (':', good => 'echo 1..2; echo ok 1; echo ok 2'),
           0, '2 passed, 0 failed, 0 skipped');

my $output = ends_with ('a skipped test is not a pass', tree (':', skip => 'echo 1..2; echo ok 1; echo "ok 2 - v6 # SKIP no IPv6"'),
                        0, '1 passed, 0 failed, 1 skipped');
like ($output, qr/skipped: tests\/cli\/skip\.t: v6: no IPv6$/m, 'and its reason is shown');

ends_with ('a program that skips all is one skip, and then nothing has passed', tree (':', all => 'echo "1..0 # SKIP no tgtd"'),
           1, '0 passed, 0 failed, 1 skipped');

$output = ends_with ('a failed test is a failure', tree (':', bad => 'echo 1..2; echo ok 1; echo not ok 2; echo why >&2'),
                     1, '1 passed, 1 failed, 0 skipped');
like ($output, qr/^not ok 2\nwhy$/m, 'and all that the program printed is shown');

$output = ends_with ('a crash after the last test is a failure', tree (':', crash => 'echo 1..1; echo ok 1; kill -SEGV $$'),
                     1, '1 passed, 1 failed, 0 skipped');
like ($output, qr/failed: tests\/cli\/crash\.t; killed by signal 11/, 'and is called by its name');

ends_with ('a status other than 0 is a failure, whatever was printed', tree (':', status => 'echo 1..1; echo ok 1; exit 3'),
           1, '1 passed, 1 failed, 0 skipped');
ends_with ('output without a plan is a failure', tree (':', noplan => 'echo ok 1'), 1, '1 passed, 1 failed, 0 skipped');
ends_with ('fewer tests than planned are a failure', tree (':', few => 'echo 1..3; echo ok 1'), 1, '1 passed, 1 failed, 0 skipped');
ends_with ('silence is a failure', tree (':', silent => ':'), 1, '0 passed, 1 failed, 0 skipped');
ends_with ('a tree without a test fails', tree (':'), 1, '0 passed, 0 failed, 0 skipped');
ends_with ('a build that fails is a failure, and nothing runs', tree ('false', good => 'echo 1..1; echo ok 1'),
           1, '0 passed, 1 failed, 0 skipped');

my ($status, $text) = run_tree (tree (':'), 'clo');
is ("$status: $text", "2: run-all: expected a group of lint, unit, scenarios, recheck, cli, planted, live, fuzz, interop, got 'clo'\n",
    'an unknown group is a usage error');

done_testing ();
