#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Puts the source of a Debian package, as released upstream, into a folder:
#   source.sh PACKAGE FOLDER
# Does nothing when the folder exists. Needs no deb-src line in the system's own lists.
set -eu

package=$1
folder=$2
[ ! -d "$folder" ] || exit 0

suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/archives/partial"
echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]" \
    "http://deb.debian.org/debian $suite main" >"$work/sources.list"

fetch() {
    apt-get -qq -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=- \
        -o Dir::State::lists="$work/lists" -o Dir::Cache="$work" -o Dir::Cache::archives="$work/archives" \
        -o APT::Sandbox::User=root -o Acquire::Retries=3 "$@"
}

cd "$work"
fetch update
fetch source --download-only "$package" >/dev/null 2>&1
mkdir unpacked
tar -xf "${package}"_*.orig.tar.* --strip-components=1 -C unpacked 2>/dev/null ||
    tar -xf "$(find . -maxdepth 1 -name "${package}_*.orig.tar.*" ! -name '*.asc')" \
        --strip-components=1 -C unpacked
mkdir -p "$(dirname "$folder")"
mv unpacked "$folder"
