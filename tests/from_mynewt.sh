#!/bin/sh
# The code of docs/from-mynewt.md, in a stand-in for NimBLE's tree: from_mynewt.sh ROOT
# Each C block of the page starts with the name of its file. It must compile with all warnings as
# errors, with and without guards, and print what the page says.
set -eu
cd "$1"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/page/arch" "$work/tree/syscfg"

awk -v folder="$work/page/" '
    /^```c$/ { getline; file = folder $2; next }
    /^```$/ && file == "" && !printed { file = folder "expected"; printed = 1; next }
    /^```$/ { file = "" }
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

for guard in 0 1; do
    cat >"$work/tree/syscfg/syscfg.h" <<END
#define MYNEWT_VAL(name) MYNEWT_VAL_##name
#define MYNEWT_VAL_OS_MEMPOOL_GUARD $guard
#define MYNEWT_VAL_OS_MEMPOOL_POISON 0
END
    gcc -std=c11 -Wall -Wextra -Wpedantic -Werror -DCISTERN_CONFIG_HEADER='"cistern_config.h"' \
        -I"$work/page" -Iinclude -Isrc -I"$work/tree" -Itests/config/mynewt_tree \
        "$work"/page/*.c "$work/tree/npl.c" src/fault/*.c src/pool/*.c src/os/*.c -o "$work/client"
    "$work/client" | diff "$work/page/expected" -
done
