#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# tgtd, which is told where to listen on its command line.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Peer 'test_peer';

test_peer ('tgtd', 'tgt', sub { "@_" =~ /portal=127\.0\.0\.1:(\d+)/ ? $1 : undef });
