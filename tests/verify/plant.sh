#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Plants a bug: copies sources of the pool engine into a folder and edits one of them there.
#
#   plant.sh SOURCES FOLDER FILE EDIT COPIED...      EDIT is sed's; it must change FILE, which is copied too
set -eu

sources=$1 folder=$2 file=$3 edit=$4
shift 4
mkdir -p "$folder"
(cd "$sources" && cp "$@" "$folder")
sed -e "$edit" "$sources/$file" >"$folder/$file"
if cmp -s "$sources/$file" "$folder/$file"; then
    echo "no bug was planted: $file has nothing like $edit" >&2
    rm "$folder/$file"
    exit 1
fi
