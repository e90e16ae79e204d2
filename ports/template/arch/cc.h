/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/cc.h (template) - what lwip/arch.h must know of compiler and target.
 *
 * Copy it to your port and go through it from the top. Whatever you take out gets a default which
 * is right for a C11 compiler with <stdint.h>, <inttypes.h> and printf; a line here is a line that
 * differs from that default or that you may want to differ. `board_` stands for names of yours.
 */
#ifndef LWIP_ARCH_CC_H
#define LWIP_ARCH_CC_H

#include <stdint.h>

/* --- byte order ---------------------------------------------------------------------------------
 * LITTLE_ENDIAN or BIG_ENDIAN, as multi-byte numbers lie in memory. gcc and clang say it themselves
 * (__BYTE_ORDER__), and headers of a C library may define it, so that the line is for others. A
 * wrong one shows in the first test of lwip_htons. */
#ifndef BYTE_ORDER
#    define BYTE_ORDER LITTLE_ENDIAN
#endif

/* --- headers that the compiler may not have -----------------------------------------------------
 * Each is 1 if a standard header is missing, else 0. With a 1 this file must define what the header
 * would have: the types u8_t to s32_t and mem_ptr_t for stdint, the conversions below for
 * inttypes, INT_MAX and the like for limits. */
#define LWIP_NO_STDDEF_H   0
#define LWIP_NO_STDINT_H   0
#define LWIP_NO_INTTYPES_H 0
#define LWIP_NO_LIMITS_H   0
#define LWIP_NO_CTYPE_H    0
#define LWIP_NO_UNISTD_H   0 /* for ssize_t, where <limits.h> has SSIZE_MAX; an int elsewhere */

/* --- printf conversions -------------------------------------------------------------------------
 * Of u16_t, s16_t, u32_t, s32_t and size_t in LWIP_PLATFORM_DIAG. <inttypes.h> has them right. Set
 * those which your printf does not know: small ones have no %zu, so that a size_t is cast and
 * printed like the unsigned integer of its width. */
#define SZT_F "u"

/* --- messages -----------------------------------------------------------------------------------
 * Debug messages and statistics. `x` is printf's whole argument list in brackets, so that the macro
 * calls the function by writing its name before them. Leave the body empty to print nothing: no
 * string is then linked. lwipopts.h is read before this file: what it defines is kept. */
#ifndef LWIP_PLATFORM_DIAG
#    define LWIP_PLATFORM_DIAG(x)                                                                  \
        do {                                                                                       \
            board_printf x;                                                                        \
        } while (0)
#endif

/* An assertion failed: a defect of the program. It must not return: stop, or reset. Define
 * LWIP_NOASSERT in lwipopts.h to have no assertions. */
#ifndef LWIP_PLATFORM_ASSERT
#    define LWIP_PLATFORM_ASSERT(message) board_panic((message), __FILE__, __LINE__)
#endif

/* --- random numbers -----------------------------------------------------------------------------
 * 32 bits that an attacker cannot guess: lwIP makes port numbers and initial sequence numbers of
 * them. Use the chip's generator; with a counter or an unseeded rand() connections can be forged.
 */
#ifndef LWIP_RAND
#    define LWIP_RAND() board_random()
#endif

/* --- packing ------------------------------------------------------------------------------------
 * Structs that lie on the wire have no gaps. gcc and clang: the attribute. Compilers that pack by
 * pragma: define PACK_STRUCT_USE_INCLUDES instead, and put the pragmas into arch/bpstruct.h
 * (begin) and arch/epstruct.h (end), which are then included around each such struct. */
#define PACK_STRUCT_STRUCT __attribute__((packed))

/* --- alignment ----------------------------------------------------------------------------------
 * How an array of bytes for pools or the heap is declared. The default is `size` bytes and
 * some more, in which the start is aligned at run time; with an attribute none are lost. Pools are
 * put into a section of their own here as well: declare them beforehand,
 *   extern u8_t __attribute__((section(".fast"))) memp_memory_PBUF_POOL_base[]; */
#define LWIP_DECLARE_MEMORY_ALIGNED(variable_name, size)                                           \
    u8_t variable_name[(size)] __attribute__((aligned(MEM_ALIGNMENT < 8 ? 8 : MEM_ALIGNMENT)))

/* --- errno --------------------------------------------------------------------------------------
 * Where lwIP's sockets find errno: LWIP_ERRNO_STDINCLUDE for <errno.h>, LWIP_ERRNO_INCLUDE for a
 * header of that name, LWIP_PROVIDE_ERRNO for one of its own. */
#define LWIP_ERRNO_STDINCLUDE 1

/* --- protection ---------------------------------------------------------------------------------
 * What sys_arch_protect returns and sys_arch_unprotect gets back: the interrupt mask before, or the
 * depth of nesting. Here and not in sys_arch.h, because programs without threads need it too. */
typedef uint32_t sys_prot_t;

/* --- what the lines above call ---------------------------------------------------------------- */

#ifdef __cplusplus
extern "C" {
#endif

void board_printf(const char *format, ...);
void board_panic(const char *message, const char *file, int line);
uint32_t board_random(void);

#ifdef __cplusplus
}
#endif

#endif
