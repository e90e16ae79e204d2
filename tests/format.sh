#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Each source is as .clang-format has it: format.sh ROOT. Releases of clang-format differ in what they
# make of the same settings, so that only the one which the project uses can judge.
set -eu
cd "$1"
release=$(clang-format --version | sed 's/.*version \([0-9]*\).*/\1/')
[ "$release" = 14 ] || {
    echo "format.sh: nothing is judged by clang-format $release; the project uses 14"
    exit 0
}
find bench examples include ports src tests tools -name '*.[ch]' -o -name '*.inc' -o -name '*.cpp' |
    xargs clang-format --dry-run --Werror
