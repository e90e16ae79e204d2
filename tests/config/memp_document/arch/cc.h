/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/cc.h - the port's, with what the test listens to. */
#include "../../../../ports/posix/arch/cc.h"

/* The test's: remembers what is said. */
void remember_diagnostic(const char *format, ...);
#define LWIP_PLATFORM_DIAG(x)                                                                      \
    do {                                                                                           \
        remember_diagnostic x;                                                                     \
    } while (0)
