#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The code of docs/from-mynewt.md, in stand-ins for NimBLE's and Mynewt's trees: from_mynewt.sh ROOT
# Each C block of the page starts with the name of its file. It must compile with all warnings as
# errors and print what the page says: with both ports, each option and each check level. Names of
# the tree's own os/queue.h and os/os_error.h must stay.
set -eu
cd "$1"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/page/arch" "$work/page/mynewt/arch" "$work/tree/syscfg" "$work/tree/os"

awk -v folder="$work/page/" '
    /^```c$/ { getline; file = folder $2; next }
    /^```$/ && file == "" && seen && !printed { file = folder "expected"; printed = 1; next }
    /^```$/ { file = "" }
    /^It prints:$/ { seen = 1 }
    file != "" { print >file }
' docs/from-mynewt.md

cat >"$work/tree/npl.c" <<'END'
#include <stdint.h>
uint32_t ble_npl_hw_enter_critical(void);
void ble_npl_hw_exit_critical(uint32_t ctx);
static uint32_t depth;
uint32_t ble_npl_hw_enter_critical(void) { return depth++; }
void ble_npl_hw_exit_critical(uint32_t ctx) { depth = ctx; }
END

# As Mynewt's simulator before os_init, with STARTED 0: no section, and leaving one is an error.
cat >"$work/tree/os/os_arch.h" <<'END'
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
typedef uint32_t os_sr_t;
static inline os_sr_t os_arch_save_sr(void) { return 0; }
static inline bool os_arch_in_critical(void) { return STARTED; }
static inline void os_arch_restore_sr(os_sr_t sr) { if (sr != 0 || !STARTED) { abort(); } }
END

# What a tree has and this library does not.
cat >"$work/tree/os/queue.h" <<'END'
#ifndef TREE_QUEUE_H
#define TREE_QUEUE_H
#define SLIST_ENTRY(type)  struct { struct type *sle_next; }
#define SLIST_FIRST(head)  ((head)->slh_first)
#define STAILQ_ENTRY(type) struct { struct type *stqe_next; }
#define TREE_QUEUE 1
#endif
END
cat >"$work/tree/os/os_error.h" <<'END'
#ifndef H_OS_ERROR_
#define H_OS_ERROR_
typedef enum os_error { OS_OK = 0, OS_INVALID_PARM = 3, OS_MEM_NOT_ALIGNED = 4, OS_TREE = 99 } os_error_t;
int os_error_to_sys(os_error_t os_error);
#endif
END
cat >"$work/names.c" <<'END'
#include "os/os.h"
int os_error_to_sys(os_error_t os_error) { return (os_error == OS_TREE) ? TREE_QUEUE : 0; }
size_t names(struct os_mempool *mp);
size_t names(struct os_mempool *mp) { return ARRAY_SIZE(CONTAINER_OF(mp, struct os_mempool_ext, mpe_mp)->mpe_mp.mp_reserved); }
END

# The table of sizes: name, of the tree, at level 0, at other levels, each for 32 / 64 bits.
{
    echo '#include "os/os.h"'
    sed -n 's,^ *| `\(struct os_mempool[a-z_]*\)` |[^|]*| \([0-9]*\) / \([0-9]*\) | \([0-9]*\) / \([0-9]*\) |$,\1 \2 \3 \4 \5,p' \
        docs/from-mynewt.md | while read -r struct name none32 none64 some32 some64; do
        echo "_Static_assert(sizeof($struct $name) == (CISTERN_CHECK == 0 ? (sizeof(void *) == 8 ? $none64 : $none32)" \
            ": (sizeof(void *) == 8 ? $some64 : $some32)), \"the page's size of $name\");"
    done
} >"$work/sizes.c"
[ "$(grep -c _Static_assert "$work/sizes.c")" = 2 ]

# A client in C++, which includes the same headers.
cat >"$work/client.cpp" <<'END'
#include "os/os.h"
static os_membuf_t memory[OS_MEMPOOL_SIZE(3, 20)];
static struct os_mempool pool;
bool makes_a_pool()
{
    char name[] = "of an array";
    return os_mempool_init(&pool, 3, 20, memory, "of a literal") == OS_OK &&
           os_mempool_init(&pool, 3, 20, memory, name) == OS_OK && os_memblock_get(&pool) != nullptr;
}
END

syscfg() { # GUARD POISON SIMULATED
    cat >"$work/tree/syscfg/syscfg.h" <<END
#define MYNEWT_VAL(name) MYNEWT_VAL_##name
#define MYNEWT_VAL_OS_MEMPOOL_GUARD $1
#define MYNEWT_VAL_OS_MEMPOOL_POISON $2
#define MYNEWT_VAL_OS_SYSVIEW_TRACE_MEMPOOL 0
#define MYNEWT_VAL_BSP_SIMULATED $3
END
}

build() { # FOLDER-OF-THE-PORT FLAG...
    folder=$1
    shift
    gcc -std=c11 -Wall -Wextra -Wpedantic -Werror -DCISTERN_CONFIG_HEADER='"cistern_config.h"' "$@" \
        -I"$folder" -I"$work/page" -Iinclude -I"$work/tree" -Itests/config/mynewt_tree \
        "$work"/page/*.c "$work/names.c" "$work/tree/npl.c" src/fault/*.c src/pool/*.c src/os/*.c \
        -o "$work/client"
    "$work/client" | diff "$work/page/expected" -
}

syscfg 0 0 0
multiarch=/usr/include/$(gcc -print-multiarch)
if echo '#include <stdlib.h>' | gcc -m32 -idirafter "$multiarch" -fsyntax-only -x c - 2>/dev/null; then
    widths='-m32 -m64'
fi
for width in ${widths:-}; do
    for level in 0 1 2 3; do
        gcc -std=c11 "$width" -fsyntax-only -DCISTERN_CHECK=$level -DCISTERN_CONFIG_HEADER='"cistern_config.h"' \
            -idirafter "$multiarch" -I"$work/page" -Iinclude -I"$work/tree" \
            -Itests/config/mynewt_tree "$work/sizes.c"
    done
done
for compiler in g++ clang++; do
    $compiler -std=c++11 -Wall -Wextra -Wpedantic -Werror -DCISTERN_CONFIG_HEADER='"cistern_config.h"' \
        -I"$work/page" -Iinclude -I"$work/tree" -Itests/config/mynewt_tree -fsyntax-only "$work/client.cpp"
done
for level in 1 2 3; do
    build "$work/page" -DCISTERN_CHECK=$level
done
build "$work/page/mynewt" -DSTARTED=1
syscfg 0 0 1
build "$work/page/mynewt" -DSTARTED=0
syscfg 1 0 0
build "$work/page"
syscfg 0 1 0
build "$work/page"
# NuttX' tree, and older ones, lack these options.
echo '#define MYNEWT_VAL(name) MYNEWT_VAL_##name' >"$work/tree/syscfg/syscfg.h"
for level in 1 2 3; do
    build "$work/page" -DCISTERN_CHECK=$level
done
