/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/cc.h (win32) - compiler and target, for Windows with mingw-w64's gcc or clang.
 *
 * What is not defined here gets lwip/arch.h's default, which suits these compilers. Structs are
 * packed by attribute, or by arch/bpstruct.h and arch/epstruct.h. */
#ifndef LWIP_ARCH_CC_H
#define LWIP_ARCH_CC_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/types.h>

/* mingw-w64's own headers give errno, ssize_t and struct timeval. */
#define LWIP_TIMEVAL_PRIVATE  0
#define LWIP_NO_UNISTD_H      1
#define LWIP_NO_SSIZE_T       1
#define LWIP_ERRNO_STDINCLUDE 1
#ifndef SSIZE_MAX
#    define SSIZE_MAX INTPTR_MAX
#endif

/* printf is mingw-w64's, which knows the conversions of C11, or the system's, which prints a size_t
 * in its own way. The other conversions are the same in both. */
#if defined __USE_MINGW_ANSI_STDIO && __USE_MINGW_ANSI_STDIO
#    define SZT_F "zu"
#else
#    define SZT_F "Iu"
#endif

/* Unpredictable, as port numbers and initial sequence numbers have to be. */
#ifndef LWIP_RAND
#    define LWIP_RAND() cistern_win32_random()
#endif

/* An assertion says where it failed, flushes what was printed, and aborts. */
#ifndef LWIP_PLATFORM_ASSERT
#    define LWIP_PLATFORM_ASSERT(message) cistern_host_assert_failed((message), __FILE__, __LINE__)
#endif

/* What SYS_ARCH_PROTECT remembers: the depth of nesting before it. It stands here and not in
 * sys_arch.h because programs without threads (NO_SYS 1) need it too. */
typedef int sys_prot_t;

#ifdef __cplusplus
extern "C" {
#endif

/* Prints `message` with its place on stderr, flushes every stream and aborts. Never returns. */
void cistern_host_assert_failed(const char *message, const char *file, int line);

/* 32 random bits from the system's generator. Aborts if the system has none. Any thread. */
uint32_t cistern_win32_random(void);

#ifdef __cplusplus
}
#endif

#endif
