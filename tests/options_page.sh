#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# docs/options.md has every option of the headers, as the headers have it, and every one that a source
# reads: options_page.sh ROOT
set -eu
python3 "$1/tools/options.py" --check

# The check finds an option that has no row, of ours or of lwIP's, wherever it is read.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$1"
cp -r include src ports zephyr docs tools Kconfig "$work"
finds() { # FILE OPTION TEXT
    cp "$1" "$work/before"
    printf '%b\n' "$3" >>"$work/$1"
    said=$(python3 "$work/tools/options.py" --check 2>&1) || true
    cp "$work/before" "$work/$1"
    echo "$said" | grep -qF "$1: the option $2 stands in no table" || {
        echo "options_page.sh: $1 reads $2, which has no row, and the check says: $said" >&2
        exit 1
    }
}
finds src/pbuf/pbuf.c LWIP_NEW_SWITCH '#if LWIP_NEW_SWITCH\n#endif'
finds ports/posix/sys_host.c TCP_NEW_SIZE '#if 1\n#elif defined TCP_NEW_SIZE && 1\n#endif'
finds include/os/os_mempool.h OS_NEW_SIZE '#ifndef OS_NEW_SIZE\n#define OS_NEW_SIZE 4\n#endif'
finds src/heap/heap_good.h CISTERN_NEW_SIZE '#    ifndef CISTERN_NEW_SIZE\n#        define CISTERN_NEW_SIZE 4\n#    endif'
