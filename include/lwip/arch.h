/* SPDX-License-Identifier: BSD-3-Clause */
/* lwip/arch.h - the compiler and the target: types, byte order, alignment, diagnostics.
 *
 * lwipopts.h and then the port's arch/cc.h are read first and may define any of the names below;
 * what they leave out gets a default that is right for a C11 compiler with <stdint.h>. The options:
 *
 * | name                              | meaning                                | default         |
 * |-----------------------------------|----------------------------------------|-----------------|
 * | BYTE_ORDER                        | LITTLE_ENDIAN or BIG_ENDIAN            | the compiler's  |
 * | LITTLE_ENDIAN, BIG_ENDIAN         | the two of them                        | 1234, 4321      |
 * | LWIP_NO_STDDEF_H / _STDINT_H      | 1: cc.h gives these types itself       | 0               |
 * | LWIP_NO_INTTYPES_H / _LIMITS_H    | 1: cc.h gives formatters / limits      | 0               |
 * | LWIP_HAVE_INT64                   | 1: there are u64_t and s64_t           | if <stdint.h>   |
 * |                                   |                                        | has int64_t     |
 * | LWIP_NO_CTYPE_H                   | 1: not included                        | 0               |
 * | LWIP_NO_UNISTD_H                  | 1: cc.h gives ssize_t itself, where    | 0               |
 * |                                   | <limits.h> has SSIZE_MAX               |                 |
 * | LWIP_PLATFORM_HTONS(x), HTONL(x)  | swaps the bytes of 16, 32 bits         | the compiler's  |
 * | LWIP_PLATFORM_DIAG(x)             | prints; x is printf's list in brackets | printf          |
 * | LWIP_PLATFORM_ASSERT(x)           | an assertion failed                    | print and abort |
 * | LWIP_RAND()                       | a random u32_t                         | none            |
 * | LWIP_RAND_FOR_FUZZ                | LWIP_RAND() is lwip_fuzz_rand()        | off             |
 * | X8_F U16_F S16_F X16_F U32_F S32_F X32_F SZT_F | printf conversions of types | <inttypes.h> |
 * | LWIP_UINT32_MAX                   | the highest u32_t                      | 0xffffffff      |
 * | LWIP_UNUSED_ARG(x)                | keeps a compiler from a warning        | (void)x         |
 * | PACK_STRUCT_*                     | how to pack a struct                   | attribute       |
 * | PACK_STRUCT_USE_INCLUDES          | pack by arch/bpstruct.h, epstruct.h    | off             |
 * | LWIP_MEM_ALIGN*, LWIP_DECLARE_... | alignment of addresses and arrays      | MEM_ALIGNMENT   |
 * | LWIP_POINTER_ALIGNMENT            | of a pointer, in bytes                 | the compiler's  |
 * | LWIP_ERRNO_STDINCLUDE             | errno is that of <errno.h>             | off             |
 * | LWIP_ERRNO_INCLUDE                | or that of this header, in quotes      | off             |
 * | LWIP_PROVIDE_ERRNO                | or an int that the program defines     | off             |
 * | LWIP_CONST_CAST, LWIP_ALIGNMENT_CAST, LWIP_PTR_NUMERIC_CAST, LWIP_PACKED_CAST | casts | plain |
 */
#ifndef LWIP_HDR_ARCH_H
#define LWIP_HDR_ARCH_H

#ifndef LITTLE_ENDIAN
#    define LITTLE_ENDIAN 1234
#endif
#ifndef BIG_ENDIAN
#    define BIG_ENDIAN 4321
#endif

/* The engines take their options from lwipopts.h before lwip/opt.h adds its defaults, so that each
 * file of a program sees the same ones. lwipopts.h is also read before cc.h in every source, so
 * that a cc.h can leave alone what lwipopts.h defines. An lwipopts.h that includes this header, or
 * lwip/debug.h, is not complete here: whoever is reading it goes on behind it. (LWIP_PERF is the last
 * option of lwIP's opt.h.) */
#if !defined CISTERN_READS_LWIPOPTS &&                                                             \
    (!defined LWIP_HDR_OPT_H || defined LWIP_PERF || defined CISTERN_STANDALONE)
#    include "cistern/config.h"
#    include "lwip/opt.h"
#endif

/* Unless lwip/debug.h, which lwIP's opt.h includes, did so to find what cc.h defines of it. */
#ifndef LWIP_HDR_CC_H
#    define LWIP_HDR_CC_H
#    include "arch/cc.h"
#endif

#ifndef BYTE_ORDER
#    if defined __BYTE_ORDER__ && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#        define BYTE_ORDER BIG_ENDIAN
#    elif defined __BYTE_ORDER__ && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#        define BYTE_ORDER LITTLE_ENDIAN
#    else
#        error "BYTE_ORDER is unknown: define it as LITTLE_ENDIAN or BIG_ENDIAN in arch/cc.h"
#    endif
#endif

/* --- types --------------------------------------------------------------------------------- */

#ifndef LWIP_NO_STDDEF_H
#    define LWIP_NO_STDDEF_H 0
#endif
#if !LWIP_NO_STDDEF_H
#    include <stddef.h>
#endif

#ifndef LWIP_NO_STDINT_H
#    define LWIP_NO_STDINT_H 0
#endif
#if !LWIP_NO_STDINT_H
#    include <stdint.h>
#    ifndef LWIP_HAVE_INT64
#        ifdef INT64_MAX
#            define LWIP_HAVE_INT64 1
#        else
#            define LWIP_HAVE_INT64 0
#        endif
#    endif
typedef uint8_t u8_t;
typedef int8_t s8_t;
typedef uint16_t u16_t;
typedef int16_t s16_t;
typedef uint32_t u32_t;
typedef int32_t s32_t;
#    if LWIP_HAVE_INT64
typedef uint64_t u64_t;
typedef int64_t s64_t;
#    endif
typedef uintptr_t mem_ptr_t;
#endif

/* --- printf conversions --------------------------------------------------------------------- */

#ifndef LWIP_NO_INTTYPES_H
#    define LWIP_NO_INTTYPES_H 0
#endif
#if !LWIP_NO_INTTYPES_H
#    include <inttypes.h>
#    ifndef X8_F
#        define X8_F "02" PRIx8
#    endif
#    ifndef U16_F
#        define U16_F PRIu16
#    endif
#    ifndef S16_F
#        define S16_F PRId16
#    endif
#    ifndef X16_F
#        define X16_F PRIx16
#    endif
#    ifndef U32_F
#        define U32_F PRIu32
#    endif
#    ifndef S32_F
#        define S32_F PRId32
#    endif
#    ifndef X32_F
#        define X32_F PRIx32
#    endif
#    ifndef SZT_F
#        define SZT_F "zu"
#    endif
#endif

#ifndef LWIP_NO_LIMITS_H
#    define LWIP_NO_LIMITS_H 0
#endif
#if !LWIP_NO_LIMITS_H
#    include <limits.h>
#endif

#ifndef LWIP_UINT32_MAX
#    define LWIP_UINT32_MAX 0xffffffff
#endif

#ifndef LWIP_NO_CTYPE_H
#    define LWIP_NO_CTYPE_H 0
#endif
#if !LWIP_NO_CTYPE_H
#    include <ctype.h>
#    define lwip_isdigit(c)  isdigit((unsigned char)(c))
#    define lwip_isxdigit(c) isxdigit((unsigned char)(c))
#    define lwip_islower(c)  islower((unsigned char)(c))
#    define lwip_isspace(c)  isspace((unsigned char)(c))
#    define lwip_isupper(c)  isupper((unsigned char)(c))
#    define lwip_tolower(c)  tolower((unsigned char)(c))
#    define lwip_toupper(c)  toupper((unsigned char)(c))
#else
#    define lwip_in_range(c, low, high) ((u8_t)(c) >= (u8_t)(low) && (u8_t)(c) <= (u8_t)(high))
#    define lwip_isdigit(c)             lwip_in_range(c, '0', '9')
#    define lwip_isxdigit(c)                                                                       \
        (lwip_isdigit(c) || lwip_in_range(c, 'a', 'f') || lwip_in_range(c, 'A', 'F'))
#    define lwip_islower(c) lwip_in_range(c, 'a', 'z')
#    define lwip_isspace(c)                                                                        \
        ((c) == ' ' || (c) == '\f' || (c) == '\n' || (c) == '\r' || (c) == '\t' || (c) == '\v')
#    define lwip_isupper(c) lwip_in_range(c, 'A', 'Z')
#    define lwip_tolower(c) (lwip_isupper(c) ? (c) - 'A' + 'a' : (c))
#    define lwip_toupper(c) (lwip_islower(c) ? (c) - 'a' + 'A' : (c))
#endif

/* ssize_t: a system that has it in <unistd.h> has SSIZE_MAX in <limits.h>, unless the compiler is
 * set to a strict standard; all others get both from here. */
#ifndef LWIP_NO_UNISTD_H
#    define LWIP_NO_UNISTD_H 0
#endif
#ifdef SSIZE_MAX
#    if !LWIP_NO_UNISTD_H
#        include <unistd.h>
#    endif
#elif defined __unix__ || defined __APPLE__ || defined __MINGW32__
#    include <sys/types.h>
#    define SSIZE_MAX PTRDIFF_MAX
#else
typedef int ssize_t;
#    define SSIZE_MAX INT_MAX
#endif

/* --- diagnostics ----------------------------------------------------------------------------- */

#ifndef LWIP_PLATFORM_DIAG
#    include <stdio.h>
#    define LWIP_PLATFORM_DIAG(x)                                                                  \
        do {                                                                                       \
            printf x;                                                                              \
        } while (0)
#endif

#ifndef LWIP_PLATFORM_ASSERT
#    include <stdio.h>
#    include <stdlib.h>
#    define LWIP_PLATFORM_ASSERT(x)                                                                \
        do {                                                                                       \
            printf("Assertion \"%s\" failed at line %d in %s\n", x, __LINE__, __FILE__);           \
            fflush(NULL);                                                                          \
            abort();                                                                               \
        } while (0)
#endif

/* --- casts and unused arguments --------------------------------------------------------------- */

#ifndef LWIP_CONST_CAST
#    define LWIP_CONST_CAST(target_type, val) ((target_type)((ptrdiff_t)(val)))
#endif
#ifndef LWIP_ALIGNMENT_CAST
#    define LWIP_ALIGNMENT_CAST(target_type, val) LWIP_CONST_CAST(target_type, val)
#endif
#ifndef LWIP_PTR_NUMERIC_CAST
#    define LWIP_PTR_NUMERIC_CAST(target_type, val) LWIP_CONST_CAST(target_type, val)
#endif
#ifndef LWIP_PACKED_CAST
#    define LWIP_PACKED_CAST(target_type, val) LWIP_CONST_CAST(target_type, val)
#endif
#ifndef LWIP_UNUSED_ARG
#    define LWIP_UNUSED_ARG(x) (void)(x)
#endif

/* --- alignment --------------------------------------------------------------------------------
 * MEM_ALIGNMENT is a power of two. Memory that the library hands out also holds pointers, so the
 * alignment in effect is never below that of a pointer, whatever MEM_ALIGNMENT says. */

#ifndef LWIP_POINTER_ALIGNMENT
#    if defined __BIGGEST_ALIGNMENT__ && __BIGGEST_ALIGNMENT__ == 1
#        define LWIP_POINTER_ALIGNMENT 1
#    elif defined __SIZEOF_POINTER__
#        define LWIP_POINTER_ALIGNMENT __SIZEOF_POINTER__
#    elif !defined UINTPTR_MAX
#        error "a pointer's alignment is unknown: define LWIP_POINTER_ALIGNMENT in arch/cc.h"
#    elif UINTPTR_MAX > 0xffffffffUL
#        define LWIP_POINTER_ALIGNMENT 8
#    elif UINTPTR_MAX > 0xffffU
#        define LWIP_POINTER_ALIGNMENT 4
#    else
#        define LWIP_POINTER_ALIGNMENT 2
#    endif
#endif
#define LWIP_ALIGNMENT                                                                             \
    (MEM_ALIGNMENT < LWIP_POINTER_ALIGNMENT ? LWIP_POINTER_ALIGNMENT : MEM_ALIGNMENT)

#ifndef LWIP_MEM_ALIGN_SIZE
/* Neither a cast, so that the preprocessor can use it, nor a mask, which would cut off what an
 * unsigned int does not hold. */
#    define LWIP_MEM_ALIGN_SIZE(size)                                                              \
        (((size) + LWIP_ALIGNMENT - 1U) / LWIP_ALIGNMENT * LWIP_ALIGNMENT)
#endif
#ifndef LWIP_MEM_ALIGN_BUFFER
#    define LWIP_MEM_ALIGN_BUFFER(size) ((size) + LWIP_ALIGNMENT - 1U)
#endif
#ifndef LWIP_MEM_ALIGN
#    define LWIP_MEM_ALIGN(addr)                                                                   \
        ((void *)(((mem_ptr_t)(addr) + LWIP_ALIGNMENT - 1U) & ~((mem_ptr_t)LWIP_ALIGNMENT - 1U)))
#endif
#ifndef LWIP_DECLARE_MEMORY_ALIGNED
#    define LWIP_DECLARE_MEMORY_ALIGNED(variable_name, size)                                       \
        u8_t variable_name[LWIP_MEM_ALIGN_BUFFER(size)]
#endif

/* --- packing ----------------------------------------------------------------------------------
 * Around a struct: PACK_STRUCT_BEGIN struct x { PACK_STRUCT_FIELD(u16_t y); } PACK_STRUCT_STRUCT;
 * PACK_STRUCT_END; or, for compilers that pack by pragma, the includes around it. */

#ifndef PACK_STRUCT_BEGIN
#    define PACK_STRUCT_BEGIN
#endif
#ifndef PACK_STRUCT_END
#    define PACK_STRUCT_END
#endif
#ifndef PACK_STRUCT_STRUCT
#    if defined __GNUC__ && !defined PACK_STRUCT_USE_INCLUDES
#        define PACK_STRUCT_STRUCT __attribute__((packed))
#    else
#        define PACK_STRUCT_STRUCT
#    endif
#endif
#ifndef PACK_STRUCT_FIELD
#    define PACK_STRUCT_FIELD(x) x
#endif
#ifndef PACK_STRUCT_FLD_8
#    define PACK_STRUCT_FLD_8(x) PACK_STRUCT_FIELD(x)
#endif
#ifndef PACK_STRUCT_FLD_S
#    define PACK_STRUCT_FLD_S(x) PACK_STRUCT_FIELD(x)
#endif

/* --- random numbers of fuzz tests --------------------------------------------------------------
 */

#ifdef LWIP_RAND_FOR_FUZZ
#    ifdef __cplusplus
extern "C" {
#    endif
/* A pseudo-random number, the same sequence in each run. The fuzz test defines it. */
u32_t lwip_fuzz_rand(void);
#    ifdef __cplusplus
}
#    endif
#    undef LWIP_RAND
#    define LWIP_RAND() lwip_fuzz_rand()
#endif

/* --- errno -------------------------------------------------------------------------------------
 */

/* In lwIP's tree lwip/errno.h does this. A C library's own may be a macro. */
#ifdef CISTERN_STANDALONE
#    ifdef LWIP_PROVIDE_ERRNO
#        ifndef errno
extern int errno;
#        endif
#    elif defined LWIP_ERRNO_STDINCLUDE
#        include <errno.h>
#    elif defined LWIP_ERRNO_INCLUDE
#        include LWIP_ERRNO_INCLUDE
#    endif
#endif

#endif
