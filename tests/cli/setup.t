#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# setup.sh on machines of ours, whose apt-get installs nothing but a line in a file: what it asks for, says and returns.
use strict;
use warnings;
use Cwd 'realpath';
use File::Basename 'dirname';
use File::Temp 'tempdir';
use Test::More;

my $SETUP = realpath (dirname ($0) . '/../../setup.sh');
my @RUN = qw(gcc libc6-dev make pkg-config libglib2.0-dev liblua5.4-dev libsqlite3-dev libjson-glib-dev
  libisal-dev libpcap-dev);

my $FAILS = 'echo no route to host; exit 100';
my $NEEDS_UPDATE = 'if [ $1 = update ]; then touch $0.list; exit; fi; [ -e $0.list ] || exit 100; ';
my $INSTALLS = 'for word; do case $word in -*|install|update) ;; *) echo $word >>$(dirname $0)/../installed ;; esac; done';

sub spew {
  my ($file, $text) = @_;
  open my $out, '>', $file or die "$file: $!\n";
  print $out $text;
  close $out;
  chmod 0755, $file;
}

# A machine that has @present, and an apt-get that does what $apt says.
sub machine {
  my ($apt, @present) = @_;
  my $root = tempdir ('iscsilab-setup-XXXXXX', TMPDIR => 1, CLEANUP => 1);
  mkdir "$root/bin";
  spew ("$root/bin/dpkg-query", "#!/bin/sh\ngrep -qx -- \"\$4\" $root/installed && printf installed\n");
  spew ("$root/bin/apt-get", "#!/bin/sh\necho \"\$@\" >>$root/calls\n$apt\n");
  spew ("$root/bin/id", "#!/bin/sh\necho 0\n");
  symlink "/usr/bin/$_", "$root/bin/$_" for qw(cat dirname env grep mktemp rm touch);
  spew ("$root/bin/$_", "#!/bin/sh\n") for grep { /^(?:gcc|pkg-config)$/ } @present;
  spew ("$root/installed", join '', map { "$_\n" } @present);
  return $root;
}

sub setup {
  my ($root, $tier) = @_;
  my $output = qx(env -u CC PATH=$root/bin /bin/sh $SETUP $tier 2>&1 </dev/null);
  return ($? >> 8, $output);
}

sub calls {
  my ($root) = @_;
  return -e "$root/calls" ? qx(cat $root/calls) : '';
}

my $machine = machine ($FAILS, @RUN);
is_deeply ([ setup ($machine, 'run') ], [ 0, '' ], 'nothing missing: nothing said');
is (calls ($machine), '', 'and nothing asked of apt-get');

$machine = machine ($INSTALLS, grep { !/lua|sqlite/ } @RUN);
is_deeply ([ setup ($machine, 'run') ], [ 0, "installing: liblua5.4-dev libsqlite3-dev\n" ], 'what is missing is named in one line');
is (calls ($machine), "install -y -q --no-install-recommends liblua5.4-dev libsqlite3-dev\n", 'and only that is installed');

$machine = machine ("$NEEDS_UPDATE$INSTALLS", grep { !/lua/ } @RUN);
is ((setup ($machine, 'run'))[0], 0, 'a machine without lists of packages gets them');
like (calls ($machine), qr/^install .*\nupdate -q\ninstall .*\n\z/, 'and then tries again');

$machine = machine ($FAILS, grep { !/lua/ } @RUN);
my ($status, $output) = setup ($machine, 'run');
is ($status, 3, 'an installation that fails is an error of the environment');
like ($output, qr/^no route to host$/m, 'it shows the log');
like ($output, qr/^setup\.sh: expected every package of tier 'run' to be installed, still missing: liblua5\.4-dev$/m,
      'and what is still missing');

$machine = machine ($INSTALLS, @RUN);
is ((setup ($machine, 'test'))[0], 0, 'the tier of the tests is installed');
like (calls ($machine), qr/ clang-format .* tgt\b/, 'with its tools');

$machine = machine ($INSTALLS, @RUN);
unlink "$machine/bin/apt-get";
($status, $output) = setup ($machine, 'test');
is ($status, 3, 'elsewhere than on Debian nothing is installed');
like ($output, qr/^setup\.sh: no apt-get here; please install, with headers: make clang clang-format /m, 'but what to install is said');

is_deeply ([ setup (machine ($FAILS, @RUN), 'all') ], [ 2, "usage: setup.sh run|test\n" ], 'an unknown tier is a usage error');

done_testing ();
