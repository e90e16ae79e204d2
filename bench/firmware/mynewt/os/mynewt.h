/* SPDX-License-Identifier: BSD-3-Clause */
/* os/mynewt.h - for a tree of Mynewt's that is measured: its pools alone. */
#ifndef BENCH_MYNEWT_H
#define BENCH_MYNEWT_H

#include "os/os.h"

#endif
