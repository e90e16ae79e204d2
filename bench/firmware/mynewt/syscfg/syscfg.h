/* SPDX-License-Identifier: BSD-3-Clause */
/* syscfg/syscfg.h - for a tree of Mynewt's that is measured: its pools without any check. */
#ifndef BENCH_SYSCFG_H
#define BENCH_SYSCFG_H

#define MYNEWT_VAL(name)                    MYNEWT_VAL_##name
#define MYNEWT_VAL_OS_SYSVIEW_TRACE_MEMPOOL 0
#define MYNEWT_VAL_OS_MEMPOOL_GUARD         0
#define MYNEWT_VAL_OS_MEMPOOL_POISON        0
#define MYNEWT_VAL_OS_MEMPOOL_CHECK         0

#endif
