#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# What the README and docs/*.md tell a reader to type works, and what they name is there.
#
# Each line of a fenced `sh` block is a command and must exit 0. It runs in a folder that looks like the tree (every entry a
# link to the real one) with build/iscsilab the program under test: so what it writes does not lie in the tree. Commands that
# install, build or take long are listed below, each with what is run in its place; a new one of them fails until it is listed.
# Each fenced `lua` block is run as a scenario. One that names a file of the tree in its first line must be that file.
use strict;
use warnings;
use Cwd 'realpath';
use File::Basename 'dirname';
use File::Temp 'tempdir';
use Test::More;

chdir dirname (realpath ($0)) . '/../..' or die "the root of the tree: $!\n";
my $TREE = realpath ('.');
my $ISCSILAB = realpath ($ENV{ISCSILAB} // 'build/iscsilab') // BAIL_OUT ('there is no build/iscsilab: make it first');
my @PAGES = ('README.md', sort glob 'docs/*.md');
my $LIMIT_S = 60;

# For what make does, make itself tells whether it knows the target and what it would do.
my %INSTEAD = (
  'make run' => 'make -n run',
  'make test' => 'make -n test',
  'tests/run-all unit' => 'test -x tests/run-all',
  'make BUILD=asan build/asan/tests/unit/protocol/test-text && build/asan/tests/unit/protocol/test-text --verbose' =>
    'make -n BUILD=asan build/asan/tests/unit/protocol/test-text',
  'build/iscsilab bench sim' => 'build/iscsilab bench sim --rounds 1 --scale 1',
  'build/iscsilab bench target' => "build/iscsilab bench target --rounds 1 --scale 1 --filter '*-read-4k-qd1'",
);
my $IS_LONG = qr{^(?:sudo |apt|\./setup\.sh|make\b|tests/)};

# A block that is not a scenario by itself stands in the midst of this one, before a WRITE of eight Data-Out PDUs.
my $FRAME = <<'LUA';
return scenario {
  title = "an example of the manual",
  run = function(lab)
    local target  = lab:target { luns = { "1M" }, keys = { MaxRecvDataSegmentLength = 8192 } }
    local host    = lab:initiator {}
    local session = host:connect_target { node_address = target.name }
    local disk    = session:disk(1)
%s
    disk:write { length = "72K", transfer = "72K" }
    disk:read { length = "72K" }
  end,
}
LUA

sub slurp {
  my ($file) = @_;
  open my $in, '<', $file or die "$file: $!\n";
  local $/;
  return <$in> // '';
}

sub spew {
  my ($file, $text) = @_;
  open my $out, '>', $file or die "$file: $!\n";
  print $out $text;
  close $out or die "$file: $!\n";
}

# The folder in which commands run. Its scenarios are a part of ours: an example that runs all of them is about the command, and
# the scenarios have a test group of their own.
my @FOLDERS = qw(io persistence reconnect);

sub make_desk {
  my $desk = tempdir ('test-docs-XXXXXX', TMPDIR => 1, CLEANUP => 1);
  opendir my $entries, $TREE or die "$TREE: $!\n";
  for (grep { !/^\.\.?$|^\.git$|^build$|^scenarios$/ } readdir $entries) {
    symlink "$TREE/$_", "$desk/$_" or die "$desk/$_: $!\n";
  }
  mkdir "$desk/scenarios" or die "$desk/scenarios: $!\n";
  system ('cp', '-R', map ({ "$TREE/scenarios/$_" } @FOLDERS), "$desk/scenarios") == 0 or die "cp: $?\n";
  mkdir "$desk/build" or die "$desk/build: $!\n";
  symlink $ISCSILAB, "$desk/build/iscsilab" or die "$desk/build/iscsilab: $!\n";
  return $desk;
}

# Without stdin, without what a make around us has set, and never for ever.
sub shell {
  my ($folder, $command) = @_;
  my $pid = open my $pipe, '-|';
  die "fork: $!\n" if !defined $pid;
  if ($pid == 0) {
    chdir $folder or die "$folder: $!\n";
    delete @ENV{qw(MAKEFLAGS MFLAGS MAKELEVEL BUILD OUT)};
    open STDIN, '<', '/dev/null';
    open STDERR, '>&', \*STDOUT;
    exec 'timeout', '--kill-after=5', $LIMIT_S, 'sh', '-c', $command or die "timeout: $!\n";
  }
  local $/;
  my $output = <$pipe> // '';
  close $pipe;
  return ($? >> 8, $output);
}

# [ page, line, language, text ] of each fenced block.
sub blocks {
  my @blocks;
  for my $page (@PAGES) {
    my $text = slurp ($page);
    while ($text =~ /^```(\w*)\n(.*?)^```$/msg) {
      my ($language, $block) = ($1, $2);
      my $line = 1 + (substr ($text, 0, $-[2]) =~ tr/\n//);
      push @blocks, { page => $page, line => $line, language => $language, text => $block };
    }
  }
  return @blocks;
}

# Lines of a block as commands, without their comments.
sub commands {
  my ($block) = @_;
  return grep { $_ ne '' } map { s/(?:^|\s)#.*//r =~ s/\s+$//r } split /\n/, $block->{text};
}

sub has_tgtd {
  return scalar grep { -x "$_/tgtd" } split (/:/, $ENV{PATH}), '/usr/sbin';
}

sub run_command {
  my ($desk, $place, $command) = @_;
  my $name = "$place: $command";
 SKIP: {
    skip "$name: tgtd is not installed (Debian package tgt)", 1 if $command =~ /--target tgtd/ && !has_tgtd ();
    my $is_replaced = exists $INSTEAD{$command};
    if (!$is_replaced && $command =~ $IS_LONG) {
      fail ("$name: is in the list of those that take long");
      return;
    }
    # make looks at the tree itself: find does not follow our links.
    my ($status, $output) = $is_replaced ? shell ($TREE, $INSTEAD{$command}) : shell ($desk, $command);
    is ($status, 0, $is_replaced ? "$name: by $INSTEAD{$command}" : $name) or diag $output;
  }
}

sub run_lua {
  my ($desk, $block) = @_;
  my $place = "$block->{page}:$block->{line}";
  my $text = $block->{text};
  if ($text =~ /\A-- (\S+\.lua)\n/) {
    my $file = $1;
    my ($ours, $theirs) = map { s/\A(?:--[^\n]*\n)+//r } $text, -f $file ? slurp ($file) : '';
    is ($ours, $theirs, "$place: is $file");
  }
  $text = sprintf $FRAME, $text if $text !~ /^return (?:scenario|target_script)/m;
  spew ("$desk/example.lua", $text);
  if ($text =~ /^return target_script/m) {
    my ($status, $output) =
      shell ($desk, 'timeout -s TERM 3 build/iscsilab target --listen 127.0.0.1:0 --script example.lua');
    is ($status, 124, "$place: the Lua block is in force until the target is ended") or diag $output;
    return;
  }
  my ($status, $output) = shell ($desk, 'build/iscsilab run example.lua');
  is ($status, 0, "$place: the Lua block passes as a scenario") or diag $output;
}

# ---- what a page names in backticks: paths, and functions and types, which stand in a header ----

sub names {
  my ($page) = @_;
  my %seen;
  return grep { !$seen{$_}++ } slurp ($page) =~ /`([A-Za-z_][\w.\/-]*)(?: \([^`]*\))?`/g;
}

sub check_paths {
  my ($page) = @_;
  my @gone = grep { m{/|\.(?:c|h|lua|md)$} && !m{^build/} && !-e $_ } names ($page);
  is ("@gone", '', "$page: each path that is named exists");
}

sub check_interfaces {
  my ($page) = @_;
  my $headers = join "\n", map { slurp ($_) } split /\n/, qx(find world protocol initiator target-sim harness -name '*.h');
  my @interfaces = grep { /^(?:[A-Z][a-z0-9]+[A-Za-z0-9]*|[a-z][a-z0-9]*_[a-z0-9_]+)$/ } names ($page);
  my @gone = grep { $headers !~ /\b\Q$_\E\b/ } @interfaces;
  cmp_ok (scalar @interfaces, '>', 50, "$page: interfaces are named");
  is ("@gone", '', "$page: each interface that is named is in a header");
}

# The README tells each exit status that the program's own help tells, and no option that it does not have.
sub check_help {
  my ($desk) = @_;
  my (undef, $help) = shell ($desk, 'build/iscsilab run --help');
  my $readme = slurp ('README.md');
  my ($told) = $help =~ /^Exit status:(.*)/ms;
  my @missing = grep { $readme !~ /^\| $_ \|/m } $told =~ /(?:^|[;.] |;\n| )(\d+) (?!to\b|and\b)[a-z]/g, 130;
  is ("@missing", '', 'README.md: each exit status of the help is in the table');
  my @options = map { $_->{language} eq 'sh' ? $_->{text} =~ /build\/iscsilab run[^\n#]*?(--[a-z-]+)/g : () } blocks ();
  my @unknown = grep { $help !~ /^\s+(?:-\w, )?\Q$_\E\b/m } @options;
  is ("@unknown", '', 'README.md: each option of an example is in the help');
}

my $desk = make_desk ();
my @blocks = blocks ();
my @shell = grep { $_->{language} eq 'sh' } @blocks;
my @lua = grep { $_->{language} eq 'lua' } @blocks;
cmp_ok (scalar @shell, '>=', 3, 'there are blocks of commands');
cmp_ok (scalar @lua, '>=', 2, 'there are blocks of Lua');
for my $block (@shell) {
  my @commands = commands ($block);
  cmp_ok (scalar @commands, '>', 0, "$block->{page}:$block->{line}: the block is not empty");
  run_command ($desk, "$block->{page}:$block->{line}", $_) for @commands;
}
run_lua ($desk, $_) for @lua;
check_paths ($_) for @PAGES;
check_interfaces ('docs/architecture.md');
check_help ($desk);
done_testing ();
