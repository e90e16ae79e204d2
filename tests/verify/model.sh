#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Verifies a model in every state that it can come to.
#
#   model.sh MODEL FOLDER OPTION...      works in FOLDER; options are the model's, -DNAME=VALUE
set -eu

model=$(realpath "$1")
rm -rf "$2"
mkdir -p "$2"
cd "$2"
shift 2
spin -a "$@" "$model"
cc -w -O1 -DSAFETY -DCOLLAPSE -DMEMLIM=2000 -o pan pan.c
./pan -m100000 >log
grep -E 'violated|invalid end state \(|errors:|states, stored|max search depth' log
# A search that stopped at its limit of depth has not seen everything.
! grep -q 'max search depth too small' log
grep -q 'errors: 0' log
