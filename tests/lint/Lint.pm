# SPDX-License-Identifier: Apache-2.0
#
# Lint - what the checks share: which files there are, and how a finding is said. A check runs in the root of the tree.
package Lint;
use strict;
use warnings;
use Exporter 'import';
our @EXPORT = qw(files lines report finish);

my $findings = 0;

# Paths relative to the root, sorted: what git tracks or would track; where git does not say (a tree without
# it, or one that is another user's), everything but build/.
sub files {
  my ($pattern) = @_;
  my @all = -e '.git' ? qx(git ls-files --cached --others --exclude-standard) : ();
  @all = qx(find . -type f -not -path './build/*') if !@all;
  chomp @all;
  s{^\./}{} for @all;
  my %seen;
  return sort grep { $_ =~ $pattern && !m{^(?:build|\.git)/} && -f && !$seen{$_}++ } @all;
}

# The lines of a file, without their ends; line 1 is element 0.
sub lines {
  my ($file) = @_;
  open my $in, '<', $file or die "$file: cannot be read: $!\n";
  chomp (my @lines = <$in>);
  return @lines;
}

sub report {
  my ($file, $line, $what, $expected, $got) = @_;
  print "$file:$line: $what: expected $expected, got $got\n";
  $findings++;
}

sub finish {
  exit ($findings > 0 ? 1 : 0);
}

1;
