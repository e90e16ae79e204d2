/* arch/cc.h (posix) - compiler and target, for hosts with gcc or clang and POSIX threads. */
#ifndef LWIP_ARCH_CC_H
#define LWIP_ARCH_CC_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/types.h>

#define LWIP_NO_UNISTD_H    1
#define LWIP_ERRNO_STDINCLUDE 1

#define LWIP_RAND() ((u32_t)rand())

/* An assertion says where it failed, flushes what was printed, and aborts. */
#define LWIP_PLATFORM_ASSERT(message)                                                              \
    cistern_posix_assert_failed((message), __FILE__, __LINE__)

#ifdef __cplusplus
extern "C" {
#endif

void cistern_posix_assert_failed(const char *message, const char *file, int line);

#ifdef __cplusplus
}
#endif

#endif
