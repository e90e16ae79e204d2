/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/cc.h for a compiler whose library has none of the headers that lwip/arch.h would include. */
#ifndef OWN_TYPES_CC_H
#define OWN_TYPES_CC_H

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define LWIP_NO_STDDEF_H   1
#define LWIP_NO_STDINT_H   1
#define LWIP_NO_INTTYPES_H 1
#define LWIP_NO_LIMITS_H   1
#define LWIP_NO_CTYPE_H    1

typedef unsigned char u8_t;
typedef signed char s8_t;
typedef unsigned short u16_t;
typedef short s16_t;
typedef unsigned int u32_t;
typedef int s32_t;
typedef unsigned long long u64_t;
typedef long long s64_t;
typedef unsigned long mem_ptr_t;

#define LWIP_HAVE_INT64 1

#define X8_F  "02x"
#define U16_F "hu"
#define S16_F "hd"
#define X16_F "hx"
#define U32_F "u"
#define S32_F "d"
#define X32_F "x"
#define SZT_F "zu"

#define LWIP_PLATFORM_DIAG(x)   ((void)0)
#define LWIP_PLATFORM_ASSERT(x) abort()

#define PACK_STRUCT_USE_INCLUDES

typedef int sys_prot_t;

#endif
