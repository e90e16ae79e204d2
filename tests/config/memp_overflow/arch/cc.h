/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/cc.h - the port's, with what the test listens to. */
#include "../../../../ports/posix/arch/cc.h"

/* The test's: counts. */
void assertion_failed(const char *message);
#undef LWIP_PLATFORM_ASSERT
#define LWIP_PLATFORM_ASSERT(message) assertion_failed(message)
