/* SPDX-License-Identifier: BSD-3-Clause */
/* def.c - byte order as functions, and the string functions that C lacks.
 *
 * A function whose name lwipopts.h or cc.h defines as a macro is not provided here.
 */
#include "lwip/def.h"
#include "lwip/priv/options_agree.h"

#include <stdbool.h>
#include <string.h>

#ifndef LWIP_SWAP16
#    error "lwip/def.h is lwIP's: on the include path this library's include comes before lwIP's"
#endif

/* --- byte order ------------------------------------------------------------------------------- */

#if BYTE_ORDER == LITTLE_ENDIAN
u16_t(lwip_htons)(u16_t x)
{
    return lwip_swap16(x);
}

u32_t(lwip_htonl)(u32_t x)
{
    return lwip_swap32(x);
}
#endif

/* --- strings ---------------------------------------------------------------------------------- */

#ifndef lwip_itoa
void lwip_itoa(char *result, size_t bufsize, int number)
{
    char digits[3 * sizeof(int) + 2]; /* 8 bits are less than 3 digits; sign and NUL */
    char *first = digits + sizeof(digits) - 1;
    /* Negated as unsigned, for INT_MIN has no positive counterpart. */
    unsigned int rest = number < 0 ? 0U - (unsigned int)number : (unsigned int)number;
    *first = '\0';
    do {
        *--first = (char)('0' + rest % 10U);
        rest /= 10U;
    } while (rest != 0);
    if (number < 0) {
        *--first = '-';
    }
    const size_t bytes = (size_t)(digits + sizeof(digits) - first);
    if (bytes <= bufsize) {
        memcpy(result, first, bytes);
    } else if (bufsize > 0) {
        *result = '\0';
    }
}
#endif

#if !defined lwip_strnicmp || !defined lwip_stricmp || !defined lwip_strnistr
/* Not tolower: that depends on the locale. */
static int def_lower(char c)
{
    const unsigned char byte = (unsigned char)c;
    return (byte >= 'A' && byte <= 'Z') ? byte - 'A' + 'a' : byte;
}

/* How the first `len` characters differ: 0 if they do not before a NUL in both. */
static int def_difference(const char *a, const char *b, size_t len)
{
    for (size_t i = 0; i < len; ++i) {
        const int difference = def_lower(a[i]) - def_lower(b[i]);
        if (difference != 0 || a[i] == '\0') {
            return difference;
        }
    }
    return 0;
}
#endif

#ifndef lwip_strnicmp
int lwip_strnicmp(const char *str1, const char *str2, size_t len)
{
    return def_difference(str1, str2, len);
}
#endif

#ifndef lwip_stricmp
int lwip_stricmp(const char *str1, const char *str2)
{
    return def_difference(str1, str2, (size_t)-1);
}
#endif

#if !defined lwip_strnstr || !defined lwip_strnistr
/* Searches a string that ends at a NUL or after n characters; `equal` compares up to a NUL. */
static inline char *def_find(const char *buffer, const char *token, size_t n,
                             bool (*equal)(const char *, const char *, size_t))
{
    const size_t token_length = strlen(token);
    for (size_t i = 0; token_length <= n && i <= n - token_length; ++i) {
        if (equal(buffer + i, token, token_length)) {
            return LWIP_CONST_CAST(char *, buffer + i);
        }
        if (buffer[i] == '\0') {
            return NULL;
        }
    }
    return NULL;
}
#endif

#ifndef lwip_strnstr
/* Most places differ in the first character. */
static inline bool def_same(const char *a, const char *b, size_t len)
{
    return len == 0 || (*a == *b && strncmp(a, b, len) == 0);
}

char *lwip_strnstr(const char *buffer, const char *token, size_t n)
{
    return def_find(buffer, token, n, def_same);
}
#endif

#ifndef lwip_strnistr
static bool def_same_without_case(const char *a, const char *b, size_t len)
{
    return def_difference(a, b, len) == 0;
}

char *lwip_strnistr(const char *buffer, const char *token, size_t n)
{
    return def_find(buffer, token, n, def_same_without_case);
}
#endif

#ifndef lwip_memcmp_consttime
int lwip_memcmp_consttime(const void *s1, const void *s2, size_t len)
{
    const unsigned char *const a = (const unsigned char *)s1;
    const unsigned char *const b = (const unsigned char *)s2;
    volatile unsigned char difference = 0; /* so that no compiler leaves the loop early */
    for (size_t i = 0; i < len; ++i) {
        difference = (unsigned char)(difference | (a[i] ^ b[i]));
    }
    return difference;
}
#endif

/* --- the options that this library was built with: see cistern/agree.h ------------------------ */

CISTERN_AGREE_DEFINE(MEM_ALIGNMENT, CISTERN_AGREE_ALIGNMENT);
CISTERN_AGREE_DEFINE(MEM_CUSTOM_ALLOCATOR, CISTERN_AGREE_CUSTOM);
CISTERN_AGREE_DEFINE(MEM_SIZE, CISTERN_AGREE_MEM_SIZE);
CISTERN_AGREE_DEFINE(MEM_USE_POOLS, CISTERN_AGREE_USE_POOLS);
CISTERN_AGREE_DEFINE(MEMP_MEM_MALLOC, CISTERN_AGREE_MEM_MALLOC);
CISTERN_AGREE_DEFINE(MEMP_USE_CUSTOM_POOLS, CISTERN_AGREE_CUSTOM_POOLS);
CISTERN_AGREE_DEFINE(CISTERN_MEMP_LOCK_FREE, CISTERN_AGREE_LOCK_FREE);
CISTERN_AGREE_DEFINE(MEM_STATS, CISTERN_AGREE_MEM_STATS);
CISTERN_AGREE_DEFINE(MEMP_STATS, CISTERN_AGREE_MEMP_STATS);
CISTERN_AGREE_DEFINE(SYS_STATS, CISTERN_AGREE_SYS_STATS);
CISTERN_AGREE_DEFINE(LWIP_STATS_DISPLAY, CISTERN_AGREE_NAMED_STATS);
CISTERN_AGREE_DEFINE(LWIP_STATS_LARGE, CISTERN_AGREE_LARGE_STATS);
CISTERN_AGREE_DEFINE(LWIP_IPV4, CISTERN_AGREE_IPV4);
CISTERN_AGREE_DEFINE(LWIP_IPV6, CISTERN_AGREE_IPV6);
CISTERN_AGREE_DEFINE(LWIP_SUPPORT_CUSTOM_PBUF, CISTERN_AGREE_CUSTOM_PBUF);
CISTERN_AGREE_DEFINE(CISTERN_PBUF_LEN_32, CISTERN_AGREE_LEN_32);
CISTERN_AGREE_DEFINE(LWIP_PBUF_REF_T, CISTERN_AGREE_BITS(CISTERN_AGREE_REF_T, other));
CISTERN_AGREE_TEXT_DEFINE(LWIP_PBUF_REF_T,
                          CISTERN_AGREE_BITS(CISTERN_AGREE_REF_T, CISTERN_AGREE_REF_T));
CISTERN_AGREE_DEFINE(LWIP_PBUF_CUSTOM_DATA, CISTERN_AGREE_HAS_DATA);
CISTERN_AGREE_TEXT_DEFINE(LWIP_PBUF_CUSTOM_DATA, CISTERN_AGREE_CUSTOM_DATA);
