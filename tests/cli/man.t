#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# The pages of man and what the program itself says agree, in both directions: the same commands, options and exit statuses, in
# the same words. The pages are judged as a reader sees them: through scdoc and groff, neither of which may find fault.
use strict;
use warnings;
use Cwd 'realpath';
use File::Basename 'dirname';
use Test::More;

chdir dirname (realpath ($0)) . '/../..' or die "the root of the tree: $!\n";
my $ISCSILAB = realpath ($ENV{ISCSILAB} // 'build/iscsilab') // BAIL_OUT ('there is no build/iscsilab: make it first');
$ENV{LC_ALL} = 'C.UTF-8';

sub has {
  my ($tool) = @_;
  return scalar grep { -x "$_/$tool" } split /:/, $ENV{PATH};
}
for (qw(scdoc groff)) {
  plan skip_all => "$_ is not installed" if !has ($_);
}

sub printed {
  my ($command) = @_;
  my $output = qx($command 2>&1);
  is ($?, 0, "$command ends well") or diag $output;
  return $output;
}

# A page as sections of text without line ends, and its options and statuses as terms: a term stands alone on a line, its
# meaning is indented below.
sub page {
  my ($name) = @_;
  my $text = printed ("$ISCSILAB reference man $name | scdoc | groff -t -man -Tutf8 -ww -P-cbou -rLL=400n -rHY=0");
  unlike ($text, qr/^(?:troff|groff|Error)\b.*/m, "$name: scdoc and groff find no fault");
  my %page = (text => $text);
  my $section;
  for (split /\n/, $text) {
    $section = $1 if /^([A-Z][A-Z ]+[A-Z])$/;
    push @{ $page{$section} }, $_ if defined $section && /^ /;
  }
  return \%page;
}

sub terms {
  my ($page, $section) = @_;
  my (%terms, $term);
  for (@{ $page->{$section} // [] }) {
    if (/^ {7}(\S.*)/) { $term = $1 }
    elsif (/^ {8,}(\S.*)/) { $terms{$term} = join ' ', grep { defined } $terms{$term}, $1 }
  }
  return \%terms;
}

# The rows of the help: two columns, the second of which may begin on the next line.
sub help {
  my ($command) = @_;
  my $text = printed ("$ISCSILAB $command --help");
  my ($options) = $text =~ /^Options:\n(.*?)(?:^\n|\z)/ms;
  my ($statuses) = $text =~ /^Exit status:\n((?:  .*\n)*)/m;
  my ($usage) = $text =~ /^Usage:\n\s+(.*)/;
  my %options = ($options // '') =~ /^  (\S.*?)(?:  +|\n +)(\S.*)$/mg;
  my %statuses = ($statuses // '') =~ /^  (\d+) +(.*)$/mg;
  return { usage => $usage =~ s/\x{2026}|\xe2\x80\xa6/.../gr, options => \%options, statuses => \%statuses, text => $text };
}

my ($list) = printed ("$ISCSILAB --help") =~ /^Commands:\n(.*?)^\n/ms;
my %commands = $list =~ /^  (\S+) +(.*)$/mg;
cmp_ok (scalar keys %commands, '>=', 5, 'there are commands');

my @pages = sort split /\n/, printed ("$ISCSILAB reference man");
is_deeply (\@pages, [ sort 'iscsilab.1', 'iscsilab-scenario.7', 'iscsilab-faults.7', map { "iscsilab-$_.1" } keys %commands ],
           'there is a page for each command, for the language and for the faults');

my $first = page ('iscsilab');
is_deeply (terms ($first, 'COMMANDS'), { map { $_ => "$commands{$_}: iscsilab-$_(1)" } keys %commands },
           'iscsilab(1) lists the commands that the help lists');

for my $command (sort keys %commands) {
  my ($page, $help) = (page ("iscsilab-$command.1"), help ($command));
  my $synopsis = join ' ', map { s/^\s+//r } @{ $page->{SYNOPSIS} };
  is ($synopsis, $help->{usage}, "iscsilab-$command(1): the synopsis is the help's");
  cmp_ok (scalar keys %{ $help->{options} }, '>=', 1, "$command: the help has options");
  is_deeply (terms ($page, 'OPTIONS'), $help->{options}, "iscsilab-$command(1): the options are the help's, in its words");
  cmp_ok (scalar keys %{ $help->{statuses} }, '>=', 3, "$command: the help has exit statuses");
  is_deeply (terms ($page, 'EXIT STATUS'), $help->{statuses}, "iscsilab-$command(1): so are the exit statuses");
  like ($page->{text}, qr/^ +iscsilab-\Q$command\E - \Q$commands{$command}\E$/m, "iscsilab-$command(1): and its one line");
}

# The language and the faults: each word and act of the Markdown that docs/ has.
for (['words', 'iscsilab-scenario.7'], ['faults', 'iscsilab-faults.7']) {
  my ($name, $page) = ($_->[0], page ($_->[1]));
  my @words = printed ("$ISCSILAB reference $name") =~ /^(?: *- |\| )`([^`]+)`/mg;
  cmp_ok (scalar @words, '>', 40, "$_->[1]: there is something to look for");
  my @missing = grep { $page->{text} !~ /(?<![\w:.])\Q$_\E(?!\w)/ } @words;
  is ("@missing", '', "$_->[1]: each word of 'reference $name' is there");
}

like (qx($ISCSILAB reference man nothing 2>&1), qr/^iscsilab reference: page 'nothing': expected one of iscsilab\.1, /,
      'another page is a clear error');
is ($? >> 8, 2, 'of usage');
is (qx($ISCSILAB reference man run), qx($ISCSILAB reference man iscsilab-run.1), 'a page has a short name too');
done_testing ();
