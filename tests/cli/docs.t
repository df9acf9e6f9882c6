#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# What the README, docs/ and the examples of the manual tell a reader to type works, and what they name is there.
#
# Each page has a folder that looks like the tree (every entry a link to the real one), where its blocks are done in their order:
# so what they write does not lie in the tree. `iscsilab` and build/iscsilab are the program under test.
#
#   sh       each line is a command and must exit 0; those that install, build or take long are listed below with what is run
#            in their place, and a new one of them fails until it is listed
#   console  commands behind '$', each with what it prints; '...' stands for any lines, or for the rest of one; the numbers that
#            a seed or a build draws need only be numbers. A status other than 0 must be shown by '$ echo $?'. A command with
#            '&' goes on beside the others until '$ kill %1', where the page shows what it has printed since; it must exit 0.
#   lua      a scenario, which must pass, or a script for a target. If its first line names a file under scenarios/, it is that file; if it names another
#            file, the reader is to write it: some command of the page then runs it.
#   yaml     commands that begin with build/iscsilab are run
use strict;
use warnings;
use Cwd 'realpath';
use File::Basename 'dirname';
use File::Temp 'tempdir';
use IO::Socket::INET;
use Test::More;

chdir dirname (realpath ($0)) . '/../..' or die "the root of the tree: $!\n";
my $TREE = realpath ('.');
my $ISCSILAB = realpath ($ENV{ISCSILAB} // 'build/iscsilab') // BAIL_OUT ('there is no build/iscsilab: make it first');
my @PAGES = ('README.md', sort glob 'docs/*.md docs/guides/*.md');
my %LANGUAGES = map { $_ => 1 } qw(sh console lua yaml c powershell text), '';
my $LIMIT_S = 60;

# For what make does, make itself tells whether it knows the target and what it would do.
my %INSTEAD = (
  'make run' => 'make -n run',
  'make test' => 'make -n test',
  'tests/run-all unit' => 'test -x tests/run-all',
  'tests/mutants/mutants --list' => 'tests/mutants/mutants --list',
  'tests/mutants/mutants mpio-no-doubt' => 'tests/mutants/mutants --list mpio-no-doubt',
  'tests/mutants/mutants --suite mpio-no-doubt' => 'tests/mutants/mutants --list mpio-no-doubt',
  'make BUILD=asan build/asan/tests/unit/protocol/test-text && build/asan/tests/unit/protocol/test-text --verbose' =>
    'make -n BUILD=asan build/asan/tests/unit/protocol/test-text',
  'build/iscsilab bench sim' => 'build/iscsilab bench sim --rounds 1 --scale 1',
  'build/iscsilab bench target' => "build/iscsilab bench target --rounds 1 --scale 1 --filter '*-read-4k-qd1'",
  q{build/iscsilab bench sim --filter '*4k-qd32' --rounds 3 --scale 10} =>
    q{build/iscsilab bench sim --filter '*4k-qd32' --rounds 1 --scale 1},
  q{iscsilab bench sim --rounds 3 --filter '*4k*' --json} => q{iscsilab bench sim --rounds 1 --scale 1 --filter '*4k*' --json},
  'make' => 'make -n',
  'sudo make install' => 'make -n install',
  'sudo make uninstall' => 'make -n uninstall',
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

# The folder in which commands run. Its scenarios are a few of ours: an example that runs all of them is about the command, and
# the scenarios have a test group of their own. Those that a command names are there, too.
my %seen;
my @SCENARIOS = grep { !$seen{$_}++ } ('scenarios/io/write-and-read-back.lua',
  map ({ my @all = sort glob "scenarios/$_/*.lua"; @all[0 .. 2] } qw(io persistence reconnect)),
  map ({ grep { -f } slurp ($_) =~ m{^(?:build/)?iscsilab .*?(scenarios/[\w/-]+\.lua)}mg } @PAGES));

sub make_desk {
  my $desk = tempdir ('test-docs-XXXXXX', TMPDIR => 1, CLEANUP => 1);
  opendir my $entries, $TREE or die "$TREE: $!\n";
  for (grep { !/^\.\.?$|^\.git$|^build$|^scenarios$/ } readdir $entries) {
    symlink "$TREE/$_", "$desk/$_" or die "$desk/$_: $!\n";
  }
  mkdir "$desk/scenarios" or die "$desk/scenarios: $!\n";
  system ('cp', '--parents', @SCENARIOS, $desk) == 0 or die "cp: $?\n";
  mkdir "$desk/build" or die "$desk/build: $!\n";
  symlink $ISCSILAB, "$desk/build/iscsilab" or die "$desk/build/iscsilab: $!\n";
  mkdir "$desk/bin" or die "$desk/bin: $!\n";
  symlink $ISCSILAB, "$desk/bin/iscsilab" or die "$desk/bin/iscsilab: $!\n";
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
    $ENV{PATH} = "$folder/bin:$ENV{PATH}";
    open STDIN, '<', '/dev/null';
    open STDERR, '>&', \*STDOUT;
    exec 'timeout', '--kill-after=5', $LIMIT_S, 'sh', '-c', $command or die "timeout: $!\n";
  }
  local $/;
  my $output = <$pipe> // '';
  close $pipe;
  return ($? >> 8, $output);
}

# Each fenced block of a page.
sub blocks {
  my ($page) = @_;
  my @blocks;
  my $text = slurp ($page);
  while ($text =~ /^```(\w*)\n(.*?)^```$/msg) {
    my ($language, $block) = ($1, $2);
    my $line = 1 + (substr ($text, 0, $-[2]) =~ tr/\n//);
    push @blocks, { place => "$page:$line", language => $language, text => $block };
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

# A target serves until it is told to end. Its port may be somebody else's here: it takes a free one.
sub serve {
  my ($desk, $command) = @_;
  my $here = $command =~ s/(--listen[ =])\S+/${1}127.0.0.1:0/gr;
  my ($pid, $output) = start_beside ($desk, $here, "listening\n");
  return (1, $output) if $output !~ /^listening on /m && end_beside ($pid) >= 0;
  return (end_beside ($pid), $output);
}

# With the status that the command is to end with.
sub run_command {
  my ($desk, $place, $command, $expected) = @_;
  my $name = "$place: $command";
 SKIP: {
    skip "$name: tgtd is not installed (Debian package tgt)", 1 if $command =~ /--target tgtd/ && !has_tgtd ();
    my $is_replaced = exists $INSTEAD{$command};
    if (!$is_replaced && $command =~ $IS_LONG) {
      fail ("$name: is in the list of those that take long");
      return;
    }
    # make looks at the tree itself: find does not follow our links.
    my ($status, $output) =
        $command =~ /^iscsilab target\b(?!.*--help)/ ? serve ($desk, $command)
      : !$is_replaced ? shell ($desk, $command)
      : shell ($INSTEAD{$command} =~ /^make\b/ ? $TREE : $desk, $INSTEAD{$command});
    is ($status, $expected // 0, $is_replaced ? "$name: by $INSTEAD{$command}" : $name) or diag $output;
  }
}

sub run_shell {
  my ($desk, $block) = @_;
  my @commands = commands ($block);
  cmp_ok (scalar @commands, '>', 0, "$block->{place}: the block is not empty");
  run_command ($desk, $block->{place}, $_) for @commands;
}

# With the variables that the pages show of two services.
sub run_yaml {
  my ($desk, $block) = @_;
  for my $command ($block->{text} =~ m{^\s+(?:- )?(?:run: )?(build/iscsilab .*)}mg) {
    $command =~ s/\$\{\{ matrix\.shard \}\}/2/g;
    my ($status, $output) = shell ($desk, "CI_NODE_INDEX=2 CI_NODE_TOTAL=4; $command");
    is ($status, 0, "$block->{place}: $command") or diag $output;
  }
}

# A file that the reader is to write, or a scenario that stands for itself.
sub run_lua {
  my ($desk, $block) = @_;
  my $place = $block->{place};
  my $text = $block->{text};
  my ($file) = $text =~ /\A-- (\S+\.lua)\n/;
  if (defined $file && $file !~ m{^scenarios/}) {
    spew ("$desk/$file", $text);
    my @commands = grep { /^\$ .*\Q$file\E/m } map { $_->{text} } grep { $_->{language} eq 'console' } @{ $block->{page} };
    cmp_ok (scalar @commands, '>', 0, "$place: some command of the page runs $file");
    return;
  }
  if (defined $file) {
    my ($ours, $theirs) = map { s/\A(?:--[^\n]*\n)+//r } $text, -f $file ? slurp ($file) : '';
    is ($ours, $theirs, "$place: is $file");
  }
  $text = sprintf $FRAME, $text if $text !~ /^return (?:scenario|target_script)/m;
  spew ("$desk/example.lua", $text);
  if ($text =~ /^return target_script/m) {
    my ($status, $output) = serve ($desk, 'iscsilab target --listen 127.0.0.1:0 --script example.lua');
    is ($status, 0, "$place: the Lua block is in force until the target is ended") or diag $output;
    return;
  }
  my ($status, $output) = shell ($desk, 'build/iscsilab run example.lua');
  is ($status, 0, "$place: the Lua block passes as a scenario") or diag $output;
}

# ---- sessions: commands with what they print ----

# Times of nine decimals, fingerprints, and numbers that are drawn are told apart by form only.
sub masked {
  my ($line) = @_;
  return $line =~ s/\b\d+\.\d{9}\b/<time>/gr =~ s/\b[0-9a-f]{16}\b/<hash>/gr =~ s/\b\d{8,10}\b/<number>/gr
    =~ s/^ +(?=<time>)//r =~ s/ +/ /gr;
}

sub output_matches {
  my ($expected, $output) = @_;
  my $pattern = join '', map {
    my $line = masked ($_);
    $line eq '...' ? '(?:.*\n)*?' : $line =~ s/\.\.\.\z// ? quotemeta ($line) . '.*\n' : quotemeta ($line) . '\n';
  } split /\n/, $expected;
  return join ('', map { masked ($_) . "\n" } split /\n/, $output) =~ /\A$pattern\z/;
}

# A command that goes on: its first lines are waited for, as many as the page shows.
sub start_beside {
  my ($desk, $command, $expected) = @_;
  my $file = "$desk/beside.out";
  unlink $file;
  my $pid = fork // die "fork: $!\n";
  if ($pid == 0) {
    chdir $desk or die "$desk: $!\n";
    $ENV{PATH} = "$desk/bin:$ENV{PATH}";
    open STDIN, '<', '/dev/null';
    open STDOUT, '>', $file or die "$file: $!\n";
    open STDERR, '>&', \*STDOUT;
    exec 'timeout', '--kill-after=5', $LIMIT_S, split ' ', $command or die "timeout: $!\n";
  }
  my $lines = $expected =~ tr/\n//;
  my $output = '';
  for (1 .. 10 * $LIMIT_S) {
    $output = -e $file ? slurp ($file) : '';
    last if ($output =~ tr/\n//) >= $lines;
    select undef, undef, undef, 0.1;
  }
  return ($pid, $output);
}

# `kill` is of the shell; what it ends says with which status.
sub end_beside {
  my ($pid) = @_;
  kill TERM => $pid;
  waitpid $pid, 0;
  return $? >> 8;
}

# The port of the pages may be somebody else's here.
my $PORT = 13260;

sub free_port {
  my $socket = IO::Socket::INET->new (LocalAddr => '127.0.0.1', Listen => 1) or die "a free port: $!\n";
  return $socket->sockport;
}

sub run_console {
  my ($desk, $block) = @_;
  my $port = free_port ();
  my ($status, $beside, $told) = (0, undef, 0);
  my @steps = $block->{text} =~ /^\$ (.*)\n((?:(?!\$ ).*\n)*)/mg;
  cmp_ok (scalar @steps, '>', 0, "$block->{place}: the session is not empty");
  while (my ($command, $expected) = splice @steps, 0, 2) {
    my $name = "$block->{place}: \$ $command";
    my $output = '';
    $command =~ s/\b$PORT\b/$port/g;
    if ($command =~ s/ &\z//) {
      ($beside, $output) = start_beside ($desk, $command, $expected);
      $told = length $output;
    } elsif ($command eq 'kill %1') {
      is (end_beside ($beside), 0, "$name: what was beside ends well");
      undef $beside;
      $output = substr slurp ("$desk/beside.out"), $told;
    } elsif ($command eq 'echo $?') {
      ($status, $output) = (0, "$status\n");
    } else {
      is ($status, 0, "$name: what went before ended well");
      ($status, $output) = shell ($desk, $command);
    }
    $output =~ s/\b$port\b/$PORT/g;
    ok (output_matches ($expected, $output), "$name: prints what the page shows") or diag "the page:\n${expected}the program:\n$output";
  }
  is ($status, 0, "$block->{place}: the session ends well");
  ok (!defined $beside, "$block->{place}: nothing goes on") or end_beside ($beside);
}

# ---- the examples of the manual ----

# They are done in the folder of the guide that leaves a schedule behind.
my %STATUS = ('iscsilab replay out/hang.lua.schedule' => 12);

sub run_manual {
  my ($desk) = @_;
  my (undef, $pages) = shell ($desk, 'iscsilab reference man');
  my $count = 0;
  for my $page (split /\n/, $pages) {
    my (undef, $text) = shell ($desk, "iscsilab reference man $page");
    my ($examples) = $text =~ /^# EXAMPLES\n(.*?)(?:^# |\z)/ms or next;
    for my $command ($examples =~ /^```\n(.*?)\n```$/mg) {
      $count++;
      run_command ($desk, $page, $command, $STATUS{$command});
    }
  }
  cmp_ok ($count, '>=', 8, 'there are examples in the manual');
}

# ---- what a page names in backticks: paths, and functions and types, which stand in a header ----

sub names {
  my ($page) = @_;
  my %seen;
  return grep { !$seen{$_}++ } slurp ($page) =~ /`([A-Za-z_][\w.\/-]*)(?: \([^`]*\))?`/g;
}

sub check_paths {
  my ($page, $desk) = @_;
  my @gone = grep { m{/|\.(?:c|h|lua|md)$} && !m{^build/} && !-e $_ && !-e "$desk/$_" } names ($page);
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

# The README tells the exit statuses as the program's own help tells them, and no option that it does not have.
sub check_help {
  my ($desk) = @_;
  my (undef, $help) = shell ($desk, 'build/iscsilab run --help');
  my $readme = slurp ('README.md');
  my %told = $help =~ /^  (\d+) +(.*)$/mg;
  my %written = $readme =~ /^\| (\d+) \| (.*) \|$/mg;
  is_deeply (\%written, \%told, 'README.md: the exit statuses are the help\'s, in its words');
  my @options = map { $_->{language} eq 'sh' ? $_->{text} =~ /build\/iscsilab run[^\n#]*?(--[a-z-]+)/g : () } blocks ('README.md');
  my @unknown = grep { $help !~ /^\s+(?:-\w, )?\Q$_\E\b/m } @options;
  is ("@unknown", '', 'README.md: each option of an example is in the help');
}

my %DO = (sh => \&run_shell, console => \&run_console, lua => \&run_lua, yaml => \&run_yaml);

my (%count, %desk);
for my $page (@PAGES) {
  my @blocks = blocks ($page);
  $desk{$page} = make_desk () if @blocks;
  for my $block (@blocks) {
    $block->{page} = \@blocks;
    $count{ $block->{language} }++;
    ok ($LANGUAGES{ $block->{language} }, "$block->{place}: '$block->{language}' is a language that is looked at here");
    $DO{ $block->{language} }->($desk{$page}, $block) if $DO{ $block->{language} };
  }
  check_paths ($page, $desk{$page} // $TREE);
}
cmp_ok ($count{sh} // 0, '>=', 3, 'there are blocks of commands');
cmp_ok ($count{lua} // 0, '>=', 2, 'there are blocks of Lua');
cmp_ok ($count{console} // 0, '>=', 3, 'there are sessions');
run_manual ($desk{'docs/guides/reproduce-a-reconnect-bug.md'});
check_interfaces ('docs/architecture.md');
check_help ($desk{'README.md'});
done_testing ();
