#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# istgt, which reads in a file where to listen.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Peer 'test_peer';

sub portal_of_file {
  my ($file) = @_;
  open my $in, '<', $file or return undef;
  local $/;
  return <$in> =~ /^ *Portal DA1 127\.0\.0\.1:(\d+)$/m ? $1 : undef;
}

test_peer ('istgt', 'istgt', sub { "@_" =~ / -c (\S+)/ ? portal_of_file ($1) : undef });
