#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Runs a program in simavr: run-avr.sh PROGRAM
# simavr's status says nothing of the program's, so its output decides: the last line that the program
# writes to UART 0 is "exit N", and N is the status of this script; 124 when the line does not come.
set -eu

program=$1
log=$program.avr.log
timeout "${CISTERN_TARGET_TIMEOUT:-60}" simavr -m atmega1284p -f 8000000 "$program" </dev/null >"$log" 2>&1 || true

# simavr colours each line, and shows what is no printable character as a dot at its end.
sed -e 's/\x1b\[[0-9;]*m//g' -e 's/\.*$//' "$log"
status=$(sed -n -e 's/\x1b\[[0-9;]*m//g' -e 's/^exit \([0-9]*\).*/\1/p' "$log" | tail -n 1)
exit "${status:-124}"
