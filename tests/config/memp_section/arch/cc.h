/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/cc.h - the port's, with the memory of two pools placed, and assertions that are counted. */
#include "../../../../ports/posix/arch/cc.h"

/* The test's: counts. */
void assertion_failed(const char *message);
#undef LWIP_PLATFORM_ASSERT
#define LWIP_PLATFORM_ASSERT(message) assertion_failed(message)

/* Known before the pools are declared, as anything of cc.h is. */
extern unsigned char __attribute__((section("fast_ram"))) memp_memory_PBUF_POOL_base[];
extern unsigned char __attribute__((section("fast_ram"))) memp_memory_RECORDS_base[];
