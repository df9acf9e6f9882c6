#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Lint lets the tree pass, and minds each thing that is planted in a copy of it: one thing at a time, told by file, line and
# what was expected.
use strict;
use warnings;
use Cwd 'realpath';
use File::Basename 'dirname';
use File::Path 'make_path';
use File::Temp 'tempdir';
use FindBin;
use Test::More;

use lib "$FindBin::RealBin/../lint";
use Lint ();

my $TREE = realpath (dirname ($0) . '/../..');
my $COPY = tempdir ('iscsilab-lint-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my $ENGINE = 'protocol/logout.c';  # small, and nothing else is built again for it

chdir $TREE or die "$TREE: $!\n";

# ---- the copy: sources as they stand, and the objects made of them, so that each plant costs one compilation ----

sub copy_tree {
  my @sources = Lint::files (qr{.});
  my @objects = qx(find build/release/lib*.a build/release/world build/release/protocol build/release/initiator \\
                   build/release/target-sim -type f 2>/dev/null);
  chomp @objects;
  open my $list, '>', "$COPY/.list" or die;
  print $list map { "$_\0" } @sources, @objects;
  close $list;
  system ("tar -c --null -T $COPY/.list | tar -x -C $COPY") == 0 or die "the tree cannot be copied\n";
  unlink "$COPY/.list";
}

sub slurp {
  my ($file) = @_;
  open my $in, '<', $file or return undef;
  local $/;
  return <$in>;
}

sub spew {
  my ($file, $text) = @_;
  make_path (dirname ($file));
  open my $out, '>', $file or die "$file: $!\n";
  print $out $text;
  close $out or die "$file: $!\n";
}

sub lint {
  my (@checks) = @_;
  my $output = qx(LINT_ROOT=$COPY LINT_OUT=build/release $TREE/tests/lint/lint @checks 2>&1);
  return ($? >> 8, $output);
}

# ---- planting ----

# Puts the file's changed text into the copy, lints, takes it back. $change gets the old text.
sub minds {
  my ($name, $check, $file, $change, $expected) = @_;
  my $old = slurp ("$COPY/$file");
  spew ("$COPY/$file", $change->($old // ''));
  my ($status, $output) = lint ($check);
  is ($status, 1, "lint rejects $name");
  like ($output, $expected, "... and tells where and why");
  defined $old ? spew ("$COPY/$file", $old) : unlink "$COPY/$file";
}

sub with_code {
  my ($code) = @_;
  return sub { "$_[0]\n$code" };
}

# A name that banned.h does not know gets by the compiler; the object tells.
sub with_include {
  my ($header) = @_;
  return sub { my $text = $_[0]; $text =~ s/^#include "/#include "$header"\n#include "/m; return $text };
}

sub first_source {
  my ($folder) = @_;
  my @sources = sort glob "$folder/*.c";
  return $sources[0] // die "expected a source in '$folder', got none\n";
}

my $PROTOTYPE = 'gint64 planted (void);';

copy_tree ();
my ($status, $output) = lint ();
is ($status, 0, 'lint lets the tree as it stands pass') or diag $output;

minds ('an include upwards', 'includes', $ENGINE, with_include ('harness/run/scenario.h'),
       qr{^\Q$ENGINE\E:\d+: include: expected a header of world, protocol, got 'harness/run/scenario\.h'$}m);

my $initiator = first_source ('initiator');
minds ('an initiator that knows the target', 'includes', $initiator, with_include ('target-sim/target.h'),
       qr{^\Q$initiator\E:\d+: include: expected a header of world, protocol, initiator, got 'target-sim/target\.h'$}m);

minds ('an engine that knows which world it is in', 'includes', $ENGINE, with_include ('world/sim/sim.h'),
       qr{^\Q$ENGINE\E:\d+: include: expected an engine to know no world, only its Host, got 'world/sim/sim\.h'$}m);

minds ("another folder's internal header", 'includes', 'harness/planted.c',
       with_code (qq(#include "world/sim/sim-internal.h"\n)),
       qr{^harness/planted\.c:2: include: expected a public header of world/sim, got 'world/sim/sim-internal\.h'$}m);

minds ('a call of time() in an engine', 'symbols', $ENGINE,
       with_code ("$PROTOTYPE\ngint64\nplanted (void)\n{\n  return time (NULL);\n}\n"),
       qr{^\Q$ENGINE\E:\d+: banned name: expected what only the Host may give, got 'time'$}m);

minds ('a source of an engine without banned.h', 'banned', $ENGINE,
       sub { $_[0] =~ s{^#include "world/banned\.h"\n}{}mr },
       qr{^\Q$ENGINE\E:\d+: banned names: expected "world/banned\.h" as the last include, got });

minds ('a call of time() that banned.h does not see', 'symbols', $ENGINE,
       sub { $_[0] =~ s{^#include "world/banned\.h"\n}{#include <time.h>\n}mr
               . "$PROTOTYPE\ngint64\nplanted (void)\n{\n  return time (NULL);\n}\n" },
       qr{^\Q$ENGINE\E:\d+: symbols: expected only what tests/lint/allowed-symbols lets protocol call, got 'time'$}m);

minds ('an engine that cuts the power of its own host', 'symbols', $ENGINE,
       with_code ("void host_kill (Host *host);\nvoid planted (Host *host);\n"
                  . "void\nplanted (Host *host)\n{\n  host_kill (host);\n}\n"),
       qr{^\Q$ENGINE\E:\d+: symbols: expected only what .* lets protocol call, got 'host_kill'$}m);

minds ('a writable static in an engine', 'symbols', $ENGINE,
       with_code ("$PROTOTYPE\ngint64\nplanted (void)\n{\n  static gint64 count;\n  return ++count;\n}\n"),
       qr{^\Q$ENGINE\E:\d+: symbols: expected no writable data in an engine, got 'count' in \.bss$}m);

minds ('a writable table in an engine', 'symbols', $ENGINE,
       with_code ("extern const char *planted[];\nconst char *planted[] = { \"one\" };\n"),
       qr{^\Q$ENGINE\E:\d+: symbols: expected no writable data in an engine, got 'planted' in \.data});

minds ('a function that is too long', 'lengths', $ENGINE,
       with_code ("static void\nplanted (void)\n{\n" . "  work ();\n" x 68 . "}\n"),
       qr{^\Q$ENGINE\E:\d+: function 'planted': expected at most 70 lines, got 71$}m);

minds ('a file that is too long', 'lengths', 'world/planted.c', with_code ("\n" x 900),
       qr{^world/planted\.c:901: file: expected at most 900 lines, got 901$}m);

minds ('a source without its licence', 'words', 'world/planted.c', with_code ("int i;\n"),
       qr{^world/planted\.c:1: licence: expected 'SPDX-License-Identifier: Apache-2\.0' in a comment, got ''$}m);

minds ('unfinished work', 'words', $ENGINE, with_code ("/* TO" . "DO: later */\n"),
       qr{^\Q$ENGINE\E:\d+: words: expected finished work, got 'TO}m);

SKIP: {
  my ($is_clean, $why) = lint ('format');
  skip $why, 2 if $why =~ /skipped/;
  minds ('a layout of its own', 'format', $ENGINE, with_code ("static int planted(void){return 1;}\n"),
         qr{^\Q$ENGINE\E:\d+: format: expected what clang-format makes of it});
}

done_testing ();
