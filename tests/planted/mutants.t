#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# mutants.t - three of the bugs of tests/mutants are caught; all of them belong to `make check-long`
cd "$(dirname "$0")/../.." || exit 1
exec tests/mutants/mutants --tap --jobs 1 initiator-past-the-window mpio-no-doubt target-r2t-takes-statsn
