#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Runs a program on a board that QEMU emulates: run.sh BOARD PROGRAM [ARGUMENT ...]
# The program's output goes to PROGRAM.BOARD.log and, at the end, to stdout; its exit status is
# that of the emulated main(), 124 when it took longer than CISTERN_TARGET_TIMEOUT seconds (100), or 3
# when it did what the architecture does not allow.
# CISTERN_TARGET_SHIFT: virtual time goes on by 2^shift ns with each instruction, and to the next timer
# while the processor sleeps, however busy the host is; without it, it is the host's time, and the run is faster. CISTERN_TARGET_PLUGIN: a plugin with its
# arguments, as -plugin takes them.
set -eu

board=$1
program=$2
shift 2

# The first argument is argv[1]; without one, an empty one keeps the program's name from being it.
semihosting=enable=on,target=native
for argument in "${@:-}"; do
    semihosting="$semihosting,arg=$argument"
done

case $board in
mps2-an385 | mps2-an386 | mps2-an500 | mps2-an505 | microbit)
    qemu="qemu-system-arm -M $board" ;;
virt-rv32)
    qemu="qemu-system-riscv32 -M virt -bios none" ;;
*)
    echo "run.sh: no board is called $board" >&2
    exit 2 ;;
esac

log=$program.$board.log
errors=$program.$board.errors
: >"$errors"
status=0
# shellcheck disable=SC2086 # words of a command
timeout "${CISTERN_TARGET_TIMEOUT:-100}" $qemu ${CISTERN_TARGET_PLUGIN:+-plugin} ${CISTERN_TARGET_PLUGIN:-} ${CISTERN_TARGET_SHIFT:+-icount} ${CISTERN_TARGET_SHIFT:+shift=$CISTERN_TARGET_SHIFT,sleep=off} -d guest_errors -D "$errors" -nographic -monitor none -serial null \
    -semihosting-config "$semihosting" -kernel "$program" \
    </dev/null >"$log" 2>&1 || status=$?
cat "$log"
# What a processor need not do as the emulator does it. The boards look for their vectors before they
# are there.
if grep -Ev '^Invalid read at addr 0x(10{6})?[04], ' "$errors" >&2; then
    echo "run.sh: the program did what the architecture does not allow" >&2
    status=3
fi
exit "$status"
