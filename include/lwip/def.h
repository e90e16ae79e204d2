/* SPDX-License-Identifier: BSD-3-Clause */
/* lwip/def.h - minimum and maximum, byte order, and the string functions that C lacks.
 *
 * | option                                | effect                                            |
 * |---------------------------------------|---------------------------------------------------|
 * | LWIP_PLATFORM_HTONS(x), HTONL(x)      | the port's own byte swap, called with a variable; |
 * |                                       | default: the compiler's, else shifts              |
 * | lwip_htons(x), lwip_htonl(x)          | the same, under the name that lwIP 2.1 has for it |
 * | LWIP_DONT_PROVIDE_BYTEORDER_FUNCTIONS | htons, htonl, ntohs, ntohl come from elsewhere    |
 * | LWIP_PERF                             | 1: arch/perf.h has the two macros below           |
 * | PERF_START, PERF_STOP(x)              | begin and end a measurement; default: nothing     |
 * | lwip_itoa, lwip_strnicmp,             | defined as a macro: the function is not provided  |
 * | lwip_stricmp, lwip_strnstr,           |                                                   |
 * | lwip_strnistr, lwip_memcmp_consttime  |                                                   |
 */
#ifndef LWIP_HDR_DEF_H
#define LWIP_HDR_DEF_H

#include "lwip/opt.h" /* of include/standalone, or of lwIP's tree: docs/from-lwip.md */

#include "lwip/arch.h"

#if defined LWIP_PERF && LWIP_PERF
#    include "arch/perf.h"
#endif
#ifndef PERF_START
#    define PERF_START
#endif
#ifndef PERF_STOP
#    define PERF_STOP(x)
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define LWIP_MAX(x, y)    (((x) > (y)) ? (x) : (y))
#define LWIP_MIN(x, y)    (((x) < (y)) ? (x) : (y))
#define LWIP_ARRAYSIZE(x) (sizeof(x) / sizeof((x)[0]))
#define LWIP_MAKEU32(a, b, c, d)                                                                   \
    (((u32_t)((a)&0xff) << 24) | ((u32_t)((b)&0xff) << 16) | ((u32_t)((c)&0xff) << 8) |            \
     (u32_t)((d)&0xff))

#ifndef NULL
#    ifdef __cplusplus
#        define NULL 0
#    else
#        define NULL ((void *)0)
#    endif
#endif

/* --- byte order ------------------------------------------------------------------------------- */

/* Swaps the bytes of 16 or 32 bits; constant expressions for constant arguments. Only the low 16 or
 * 32 bits of the argument count. */
#define LWIP_SWAP16(x) ((u16_t)((((x)&0x00ffU) << 8) | (((x)&0xff00U) >> 8)))
#define LWIP_SWAP32(x)                                                                             \
    (((u32_t)(x) << 24) | (((u32_t)(x)&0xff00U) << 8) | (((u32_t)(x) >> 8) & 0xff00U) |            \
     ((u32_t)(x) >> 24))

#ifndef LWIP_PLATFORM_HTONS
#    ifdef __GNUC__
#        define LWIP_PLATFORM_HTONS(x) __builtin_bswap16(x)
#    else
#        define LWIP_PLATFORM_HTONS(x) LWIP_SWAP16(x)
#    endif
#endif
#ifndef LWIP_PLATFORM_HTONL
#    ifdef __GNUC__
#        define LWIP_PLATFORM_HTONL(x) __builtin_bswap32(x)
#    else
#        define LWIP_PLATFORM_HTONL(x) LWIP_SWAP32(x)
#    endif
#endif

/* The same as functions: the platform's macro may evaluate its argument twice, they do it once.
 * Constant time, any context. */
static inline u16_t lwip_swap16(u16_t x)
{
    return (u16_t)LWIP_PLATFORM_HTONS(x);
}

static inline u32_t lwip_swap32(u32_t x)
{
    return (u32_t)LWIP_PLATFORM_HTONL(x);
}

/* PP_HTONS and so on are constant expressions, e.g. for case labels and initialisers. */
#if BYTE_ORDER == BIG_ENDIAN
#    define PP_HTONS(x)   ((u16_t)(x))
#    define PP_NTOHS(x)   ((u16_t)(x))
#    define PP_HTONL(x)   ((u32_t)(x))
#    define PP_NTOHL(x)   ((u32_t)(x))
#    define lwip_htons(x) ((u16_t)(x))
#    define lwip_ntohs(x) ((u16_t)(x))
#    define lwip_htonl(x) ((u32_t)(x))
#    define lwip_ntohl(x) ((u32_t)(x))
#else
#    define PP_HTONS(x) LWIP_SWAP16(x)
#    define PP_NTOHS(x) LWIP_SWAP16(x)
#    define PP_HTONL(x) LWIP_SWAP32(x)
#    define PP_NTOHL(x) LWIP_SWAP32(x)
/* Host to network order and back, 16 and 32 bits. Constant time, any context. */
#    ifndef lwip_htons
#        define lwip_htons(x) lwip_swap16(x)
#    endif
#    ifndef lwip_htonl
#        define lwip_htonl(x) lwip_swap32(x)
#    endif
#    define lwip_ntohs(x) lwip_htons(x)
#    define lwip_ntohl(x) lwip_htonl(x)
/* The same as functions, for what was compiled with lwIP's own def.h. */
u16_t(lwip_htons)(u16_t x);
u32_t(lwip_htonl)(u32_t x);
#endif

/* The short names are macros for functions of their own. If a header of the system declares
 * htonl(uint32_t) after this one, the macro turns that into a second declaration of lwip_system_32,
 * which therefore has the types, calling convention, linkage and exception specification of the
 * system's function. On Windows, where that linkage is external, they use the compiler's swap even
 * if LWIP_PLATFORM_HTONS is defined. */
#ifndef LWIP_DONT_PROVIDE_BYTEORDER_FUNCTIONS
#    if defined _WIN32 && defined __GNUC__
extern inline __attribute__((gnu_inline, always_inline)) u16_t __stdcall lwip_system_16(u16_t x)
{
    return __builtin_bswap16(x);
}

extern inline __attribute__((gnu_inline,
                             always_inline)) unsigned long __stdcall lwip_system_32(unsigned long x)
{
    return __builtin_bswap32(x);
}
#    else
#        if defined __cplusplus && defined __GLIBC__
#            define LWIP_SYSTEM_THROW __THROW
#        else
#            define LWIP_SYSTEM_THROW
#        endif
static inline u16_t lwip_system_16(u16_t x) LWIP_SYSTEM_THROW
{
    return lwip_htons(x);
}

static inline u32_t lwip_system_32(u32_t x) LWIP_SYSTEM_THROW
{
    return lwip_htonl(x);
}
#    endif

#    ifndef htons
#        define htons(x) lwip_system_16(x)
#    endif
#    ifndef ntohs
#        define ntohs(x) lwip_system_16(x)
#    endif
#    ifndef htonl
#        define htonl(x) lwip_system_32(x)
#    endif
#    ifndef ntohl
#        define ntohl(x) lwip_system_32(x)
#    endif
#endif

/* --- strings ---------------------------------------------------------------------------------- */

#ifndef lwip_itoa
/* Writes `number` in decimal to `result`, ended by a NUL. `bufsize` is the size of `result` in
 * bytes; if the text does not fit, the result is an empty string (nothing at all for size 0). Time:
 * linear in the digits. Any context. Right for every int. */
void lwip_itoa(char *result, size_t bufsize, int number);
#endif
#ifndef lwip_strnicmp
/* Compares at most `len` characters, the letters A-Z as a-z; it stops at a NUL that both have. 0 if
 * all are equal, also for len 0; else negative or positive as the difference of the first two
 * characters that differ. Linear in len. Any context. */
int lwip_strnicmp(const char *str1, const char *str2, size_t len);
#endif
#ifndef lwip_stricmp
/* The same for whole strings. */
int lwip_stricmp(const char *str1, const char *str2);
#endif
#ifndef lwip_strnstr
/* First place where `token` stands in the first `n` bytes of `buffer`, which a NUL may end earlier;
 * NULL if none. The token must lie within the n bytes wholly; nothing past them is read. An empty
 * token stands at the start. Time: n times length of token at worst. Any context. */
char *lwip_strnstr(const char *buffer, const char *token, size_t n);
#endif
#ifndef lwip_strnistr
/* The same without regard to the case of A-Z. */
char *lwip_strnistr(const char *buffer, const char *token, size_t n);
#endif

#ifndef lwip_memcmp_consttime
/* 0 if the `len` bytes are equal. The time depends on len alone, not on the content: for keys and
 * message authentication codes. Any context. */
int lwip_memcmp_consttime(const void *s1, const void *s2, size_t len);
#endif

#ifdef __cplusplus
}
#endif

#endif
