/* SPDX-License-Identifier: BSD-3-Clause */
/* os/os_trace_api.h - as a tree of Mynewt's has its own; here each call is handed to the test. */
#ifndef TEST_OS_TRACE_API_H
#define TEST_OS_TRACE_API_H

#include <stdint.h>

#define OS_TRACE_ID_MEMBLOCK_GET         (80)
#define OS_TRACE_ID_MEMBLOCK_PUT_FROM_CB (81)
#define OS_TRACE_ID_MEMBLOCK_PUT         (82)

void os_trace_api_u32(unsigned id, uint32_t p0);
void os_trace_api_u32x2(unsigned id, uint32_t p0, uint32_t p1);
void os_trace_api_ret_u32(unsigned id, uint32_t value);

#endif
