#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# examples/bare by its documented command, and what its user may change.
#   example.sh ROOT FOLDER      works in FOLDER
set -eu
root=$1
folder=$2
rm -rf "$folder"
mkdir -p "$folder"
cp "$root"/examples/bare/* "$folder"

# runs NAME EXPECTED [ARGUMENT of make ...]: the program must print what is expected, and end.
runs() {
    name=$1
    expected=$2
    shift 2
    rm -rf "$folder/$name"
    timeout 60 make -s -C "$folder" run CISTERN="$root" OUT="$folder/$name" "$@" >"$folder/$name.log" 2>&1 || {
        cat "$folder/$name.log"
        echo "example.sh: $name: it does not end"
        exit 1
    }

    printf '%b' "$expected" | while read -r line; do
        grep -qF "$line" "$folder/$name.log" || {
            cat "$folder/$name.log"
            echo "example.sh: $name: \"$line\" is missing"
            exit 1
        }
    done
}

runs as_it_is 'frame 1\nframe 3\nfault: double free in frames\n4 of 4 frames are free\n'

# Of two weak handlers the linker took the startup file's: the tick would never come.
runs weak 'fault: argument out of contract in tick\n' CFLAGS=-DCISTERN_BARE_SYSTICK_WEAK=1

# A handler of the program's own.
cat >>"$folder/main.c" <<'END'
void SysTick_Handler(void);
void SysTick_Handler(void)
{
    cistern_bare_tick();
}
END
runs own_handler '4 of 4 frames are free\n' CFLAGS=-DCISTERN_BARE_SYSTICK_WEAK=1

# Without a hook the first fault stops the device.
sed -i '/^void cistern_bare_fault_hook/,/^}/d' "$folder/main.c"
cat >>"$folder/main.c" <<'END'
void cistern_bare_assert_failed(const char *message, const char *file, int line)
{
    (void)file;
    (void)line;
    board_print("stopped: ");
    board_print(message);
    board_print((cistern_bare_last_fault.kind == CISTERN_FAULT_DOUBLE_FREE) ? ": double free\n" : "\n");
    board_end();
    for (;;) {
    }
}
END
runs no_hook 'frame 3\nstopped: cistern_bare_last_fault: double free\n' CFLAGS=-DCISTERN_BARE_SYSTICK_WEAK=1
if grep -q 'frames are free' "$folder/no_hook.log"; then
    echo "example.sh: the program went on after a fault"
    exit 1
fi
