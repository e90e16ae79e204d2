#!/bin/sh
# Plants a bug: copies the lock-free pool's sources into a folder and edits one of them there.
#
#   plant.sh SOURCES FOLDER FILE EDIT      EDIT is sed's; it must change FILE
set -eu

mkdir -p "$2"
cp "$1/pool_lock_free.c" "$1/pool_atomics.h" "$2"
sed -e "$4" "$1/$3" >"$2/$3"
if cmp -s "$1/$3" "$2/$3"; then
    echo "no bug was planted: $3 has nothing like $4" >&2
    rm "$2/$3"
    exit 1
fi
