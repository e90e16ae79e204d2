#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Each test that docs/testing.md names beside a weakness of the originals exists: weaknesses.sh ROOT
set -eu
cd "$1"

# shellcheck disable=SC2016 # no expansion is wanted
names=$(sed -n 's/^|[^|]*| *\(`.*\) *|$/\1/p' docs/testing.md | grep -o '`[a-z_0-9]*`' | tr -d '`')
missing=0
for name in $names; do
    grep -rqw "$name" tests --include='*.c' || {
        echo "docs/testing.md names $name, which no test file has" >&2
        missing=1
    }
done
[ "$(echo "$names" | wc -l)" -ge 30 ] || {
    echo "docs/testing.md: the tables were not understood" >&2
    exit 1
}
exit $missing
