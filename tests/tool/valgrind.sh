#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# valgrind.sh PROGRAM FILE... - replays captures under valgrind, with and without threads, in a pool
# that is ample and in one that is too small. Fails at the first error or leak that valgrind reports.
set -eu

program=$1
shift
for threads in 0 1; do
    for pool in "--pool-count 64" "--pool-count 4 --pool-size 256" "--drop --pool-count 8"; do
        # shellcheck disable=SC2086 # a list of words
        valgrind --quiet --leak-check=full --show-leak-kinds=all --error-exitcode=99 \
            "$program" replay --json --threads "$threads" $pool "$@" >/dev/null
    done
done
echo "$# captures replayed without an error"
