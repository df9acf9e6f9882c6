#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# `make install` as a stranger uses it: the command runs where no checkout is, another program links the target by nothing but
# pkg-config and serves initiators that others wrote, and uninstall leaves nothing behind. What is installed is the release build.
use strict;
use warnings;
use Cwd 'realpath';
use File::Basename 'dirname';
use File::Temp 'tempdir';
use Test::More;

chdir dirname (realpath ($0)) . '/../..' or die "the root of the tree: $!\n";
my $TREE = realpath ('.');
my $FOLDER = tempdir ('test-install-XXXXXX', TMPDIR => 1, CLEANUP => 1); # outside of the tree
my $PREFIX = "$FOLDER/prefix";
my $DESK = "$FOLDER/desk";
mkdir $DESK or die "$DESK: $!\n";
my $LIMIT_S = 60;

# In the desk, without what a make around us has set.
sub shell {
  my ($command) = @_;
  my $pid = open my $pipe, '-|';
  die "fork: $!\n" if !defined $pid;
  if ($pid == 0) {
    chdir $DESK or die "$DESK: $!\n";
    delete @ENV{qw(MAKEFLAGS MFLAGS MAKELEVEL BUILD OUT PREFIX DESTDIR)};
    open STDIN, '<', '/dev/null';
    open STDERR, '>&', \*STDOUT;
    exec 'timeout', '--kill-after=5', $LIMIT_S, 'sh', '-c', $command or die "timeout: $!\n";
  }
  local $/;
  my $output = <$pipe> // '';
  close $pipe;
  return ($? >> 8, $output);
}

sub succeeds {
  my ($command, $name) = @_;
  my ($status, $output) = shell ($command);
  is ($status, 0, $name // $command) or diag $output;
  return $output;
}

sub has {
  my ($tool) = @_;
  return scalar grep { -x "$_/$tool" } split /:/, $ENV{PATH};
}

sub files {
  my ($folder) = @_;
  return sort map { chomp; s{^\Q$folder\E/}{}r } qx(find $folder -type f);
}

# ---- what is there ----

sub check_files {
  my %there = map { $_ => 1 } files ($PREFIX);
  my @expected = (qw(bin/iscsilab lib/libiscsilab-target.a lib/pkgconfig/iscsilab-target.pc include/iscsilab/target-sim/target.h
    share/doc/iscsilab/LICENSE share/doc/iscsilab/README.md share/doc/iscsilab/docs/scripting.md),
    map { "share/iscsilab/$_" } split /\n/, qx(find scenarios -name '*.lua'));
  my @missing = grep { !$there{$_} } @expected;
  is ("@missing", '', 'the command, the library, its headers, the scenarios and the documents are there');
  my @own = qx(grep -rn '^#include "' $PREFIX/include);
  is ("@own", '', 'a header includes others as a stranger does');
}

sub check_man {
 SKIP: {
    skip 'scdoc is not installed', 1 if !has ('scdoc');
    my @expected = sort map { /\.(\d)$/ ? "man$1/$_" : () } split /\n/, qx(build/iscsilab reference man);
    is_deeply ([ files ("$PREFIX/share/man") ], \@expected, 'each page of man is there');
  }
}

# A machine like this one, but without scdoc.
sub check_without_scdoc {
  my $bin = "$FOLDER/bin";
  mkdir $bin or die "$bin: $!\n";
  for my $folder (reverse split /:/, $ENV{PATH}) {
    for my $tool (grep { !m{/scdoc$} } glob "$folder/*") {
      unlink $bin . $tool =~ s{.*(/)}{$1}r;
      symlink $tool, $bin . $tool =~ s{.*(/)}{$1}r;
    }
  }
  my $output = succeeds ("PATH=$bin make -s -C $TREE install PREFIX=$FOLDER/no-man", 'make install without scdoc');
  is ($output, "no scdoc here: installed without manual pages\n", 'it says so, and goes on');
  my @there = files ("$FOLDER/no-man");
  cmp_ok (scalar @there, '>', 50, 'the rest is there');
  ok (!-e "$FOLDER/no-man/share/man", 'and no page of man');
}

# DESTDIR goes before everything, and into nothing that is written.
sub check_destdir {
  succeeds ("make -s -C $TREE install DESTDIR=$FOLDER/package PREFIX=/opt/lab LIBDIR=/opt/lab/lib64", 'make install DESTDIR=...');
  my @outside = grep { !m{^opt/lab/} } files ("$FOLDER/package");
  is ("@outside", '', 'all lies below it');
  my $pc = qx(cat $FOLDER/package/opt/lab/lib64/pkgconfig/iscsilab-target.pc);
  like ($pc, qr{^prefix=/opt/lab\nlibdir=/opt/lab/lib64\nincludedir=/opt/lab/include$}m, 'the library is named where it will be');
  succeeds ("make -s -C $TREE uninstall DESTDIR=$FOLDER/package PREFIX=/opt/lab LIBDIR=/opt/lab/lib64", 'make uninstall DESTDIR=...');
  my @left = files ("$FOLDER/package");
  is ("@left", '', 'uninstall leaves no file');
}

# ---- the command, where no checkout is ----

sub check_command {
  my $version = succeeds ("$PREFIX/bin/iscsilab --version", 'the command runs');
  my ($told) = $version =~ /^iscsilab (\S+)$/;
  is (succeeds ('pkg-config --modversion iscsilab-target'), "$told\n", 'the library is of the same version');
  my $output = succeeds ("$PREFIX/bin/iscsilab run --filter '*rst-after-second*'", 'run finds the installed scenarios');
  like ($output, qr/^1 passed, 0 failed, 0 skipped$/m, 'and runs one of them');
  succeeds ("PATH=$PREFIX/bin:\$PATH iscsilab run scenarios/io/write-and-read-back.lua", 'also by their names in the tree');
  mkdir "$DESK/scenarios" or die "$DESK/scenarios: $!\n";
  my ($status, $error) = shell ("$PREFIX/bin/iscsilab run");
  is ($status, 2, "where there is a folder 'scenarios', that one is meant");
  rmdir "$DESK/scenarios" or die "$DESK/scenarios: $!\n";
}

# ---- the library, in a program of somebody else ----

# A process that says where it listens, until it is ended.
sub start {
  my ($program) = @_;
  my $pid = open my $out, '-|';
  die "fork: $!\n" if !defined $pid;
  if ($pid == 0) {
    exec 'timeout', '--kill-after=5', $LIMIT_S, $program or die "$program: $!\n";
  }
  my $line = <$out> // '';
  chomp $line;
  return { pid => $pid, out => $out, line => $line };
}

sub stop {
  my ($process) = @_;
  kill TERM => $process->{pid};
  close $process->{out};
}

sub compile {
  my ($name) = @_;
  succeeds ("cp $TREE/docs/examples/$name.c . && \${CC:-cc} -std=gnu11 -Wall -Wextra -Werror $name.c -o $name"
    . ' $(pkg-config --cflags --libs --static iscsilab-target)',
    "docs/examples/$name.c compiles outside of the tree, by pkg-config alone, without a warning");
  return "$DESK/$name";
}

# What the target's sources call each other by is not in the way of a program's own names.
sub check_names {
  my @public = split /\n/, qx(nm --defined-only --extern-only --format=posix $PREFIX/lib/libiscsilab-target.a | cut -d' ' -f1);
  my $headers = qx(cat \$(find $PREFIX/include -name '*.h'));
  my @strange = grep { $_ ne '' && !/:$/ && $headers !~ /\b\Q$_\E\b/ } @public;
  cmp_ok (scalar @public, '>', 100, 'the library has names');
  is ("@strange", '', 'each of them stands in an installed header');
}

sub check_target {
  my $program = compile ('embedded-target');
  my $target = start ($program);
  my ($url, $address) = $target->{line} =~ m{^(iscsi://([\d.]+:\d+)/iqn\.2026-01\.com\.example:disk/0)$};
  ok (defined $url, 'the program tells where its target listens') or diag $target->{line};
 SKIP: {
    skip 'libiscsi-bin is not installed', 2 if !has ('iscsi-ls');
    skip 'there is no target', 2 if !defined $url;
    my $list = succeeds ("iscsi-ls -s iscsi://$address", 'iscsi-ls asks it');
    like ($list, qr/^Target:iqn\.2026-01\.com\.example:disk Portal:\Q$address\E,1\nLun:0 +Type:DIRECT_ACCESS \(Size:6[34]M\)$/m, 'and sees the disk');
    my $inquiry = succeeds ("iscsi-inq $url", 'iscsi-inq asks it');
    like ($inquiry, qr/^Peripheral Device Type:DIRECT_ACCESS$/m, 'and sees that it is one');
  }
  stop ($target);
}

sub check_simulated {
  my $program = compile ('embedded-simulated');
  is (succeeds ($program), "opcode 23 after 10 s: delay of 10s of Login Response #1 StatSN=0 on connection 1\n",
      'ten simulated seconds pass, and the fault is told');
}

succeeds ("make -s -C $TREE install PREFIX=$PREFIX", 'make install');
$ENV{PKG_CONFIG_PATH} = "$PREFIX/lib/pkgconfig";
check_files ();
check_man ();
check_command ();
check_names ();
check_target ();
check_simulated ();
succeeds ("make -s -C $TREE uninstall PREFIX=$PREFIX", 'make uninstall');
my @left = files ($PREFIX);
is ("@left", '', 'uninstall leaves no file');
check_destdir ();
check_without_scdoc ();
done_testing ();
