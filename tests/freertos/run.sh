#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The conformance suite on ports/freertos and a FreeRTOS kernel that the user has: on its POSIX port,
# with static and with dynamic allocation, and on its Cortex-M3 port in QEMU.
#   run.sh ROOT KERNEL WORK      KERNEL is the folder that has tasks.c
set -eu
root=$1
kernel=$2
work=$3
[ -f "$kernel/tasks.c" ] || {
    echo "FREERTOS=$kernel: there is no FreeRTOS kernel (no tasks.c); name the folder that has it" >&2
    exit 1
}
mkdir -p "$work"

# build OUTPUT PORT COMPILER FLAG...
build() {
    output=$1
    port=$2
    shift 2
    "$@" -std=gnu11 -Os -g -Wall -Wextra -DSUITE_PRIORITY=2 -DSUITE_MBOX_DEFAULT=16 \
        -I"$root/tests/freertos" -I"$root/include" -I"$root/include/standalone" -I"$root/ports/freertos" \
        -I"$root/ports/common" -I"$root/src" -I"$root/tests" -isystem "$kernel/include" -isystem "$port" \
        "$root"/src/*/*.c "$root"/ports/freertos/*.c "$root"/tests/port/suite*.c \
        "$root/tests/freertos/run.c" -o "$output" $sources
}

posix=$kernel/portable/ThirdParty/GCC/Posix
sources="$kernel/tasks.c $kernel/queue.c $kernel/list.c $kernel/portable/MemMang/heap_4.c"
kernel_sources=$sources
for static in 1 0; do
    echo "FreeRTOS, POSIX port, static allocation $static"
    sources="$kernel_sources $posix/port.c $posix/utils/wait_for_event.c -lpthread"
    build "$work/suite-posix-$static" "$posix" gcc -DSUITE_STACK=262144 \
        -DconfigSUPPORT_STATIC_ALLOCATION=$static -I"$posix/utils" -w
    # The simulator's tick stops a task wherever it is, also while the C library frees the stack of a task
    # that ended, with a lock that the next task's creation waits for. Kept stacks make that short.
    GLIBC_TUNABLES=glibc.pthread.stack_cache_size=4294967296 \
        timeout -s KILL 120 "$work/suite-posix-$static"
done

cm3=$kernel/portable/GCC/ARM_CM3
echo "FreeRTOS, Cortex-M3 port on QEMU's mps2-an385"
sources="$kernel_sources $cm3/port.c"
build "$work/suite-cm3" "$cm3" arm-none-eabi-gcc -mcpu=cortex-m3 -mthumb -DSUITE_STACK=4096 -w \
    --specs=picolibc.specs --oslib=semihost --crt0=semihost -Wl,--defsym=__flash=0 \
    -Wl,--defsym=__flash_size=0x400000 -Wl,--defsym=__ram=0x20000000 \
    -Wl,--defsym=__ram_size=0x400000 -Wl,--defsym=__stack_size=0x4000
"$root/tests/target/run.sh" mps2-an385 "$work/suite-cm3"
