/* SPDX-License-Identifier: BSD-3-Clause */
/* cistern/agree.h - a program that was compiled with other options than its library does not link.
 *
 * Some options decide struct layouts, or what an inline function or a macro of a public header does.
 * Each object file whose source includes such a header refers to one symbol for each of these
 * options, whose name ends with the option's value. The library defines the symbols of its own
 * values. So the linker reports, of a program that was compiled with CISTERN_CHECK 2 for a library
 * with 1:
 *   undefined reference to `cistern_was_built_with_CISTERN_CHECK_2'
 * The remedy is to compile both with the same lwipopts.h and the same definitions.
 *
 * | compared in             | options                                                           |
 * |-------------------------|-------------------------------------------------------------------|
 * | every header            | the end of this file: those of the pools, and a heap's that the   |
 * |                         | header does not repeat                                            |
 * | cistern/critical.h      | CISTERN_CRITICAL, which SYS_LIGHTWEIGHT_PROT sets                 |
 * | cistern/heap.h          | what the size of a cistern_heap_t and an arena depends on         |
 * | lwip/{mem,memp,pbuf}.h  | lwip/priv/options_agree.h: lwIP's                                 |
 * | os/os_mempool.h         | OS_ALIGNMENT, OS_MEMPOOL_GUARD                                    |
 *
 * A value is compared as a single token that preprocessing makes of it (CISTERN_AGREE); of numbers by
 * their last three digits (cistern/agree_digits.h), of C code by its text (CISTERN_AGREE_TEXT), with
 * gcc alone.
 *
 * The references are in a debug section, which takes no memory of a device. The section has no name
 * of DWARF's, since dwz refuses a .debug_* that it does not know. A definition takes one byte,
 * unless the linker drops what nothing refers to; that of a text takes none. Options are compared
 * with clang for ELF, and with gcc for ELF on the processors that are named below. With other
 * compilers and formats, with CISTERN_COMPARE_OPTIONS 0, and with lld, which does not report what a
 * debug section alone refers to, nothing is compared. */
#ifndef CISTERN_AGREE_H
#define CISTERN_AGREE_H

/* The option's name is pasted first: as an operand of ## it is not replaced by its value. */
#define CISTERN_AGREE_PASTE_(name, value) name##_##value
#define CISTERN_AGREE_PASTE(name, value)  CISTERN_AGREE_PASTE_(name, value)

/* Defines the symbol of an option's value: once in the library. */
#define CISTERN_AGREE_DEFINE(option, value)                                                        \
    const char CISTERN_AGREE_PASTE(cistern_was_built_with_##option, value) = 0

#ifndef CISTERN_COMPARE_OPTIONS
#    define CISTERN_COMPARE_OPTIONS 1
#endif
#if CISTERN_COMPARE_OPTIONS != 0 && CISTERN_COMPARE_OPTIONS != 1
#    error "CISTERN_COMPARE_OPTIONS must be 0 or 1: see cistern/config.h"
#endif

/* A section's name and attributes. gcc writes the name to the assembler unchanged, and behind it
 * the attributes of loaded data: the name brings attributes of its own, and begins a comment that
 * hides gcc's. Its character differs by processor. */
#if CISTERN_COMPARE_OPTIONS && defined __ELF__ && defined __GNUC__ && !defined __clang__
#    if defined __x86_64__ || defined __i386__ || defined __riscv || defined __s390__ ||           \
        defined __powerpc__
#        define CISTERN_AGREE_SECTION ".debug.cistern,\"\",%progbits #"
#    elif defined __arm__
#        define CISTERN_AGREE_SECTION ".debug.cistern,\"\",%progbits @"
#    elif defined __aarch64__
#        define CISTERN_AGREE_SECTION ".debug.cistern,\"\",%progbits //"
#    elif defined __AVR__
#        define CISTERN_AGREE_SECTION ".debug.cistern,\"\",%progbits ;"
#    endif
#endif

#ifdef CISTERN_AGREE_SECTION
/* Refers to the symbol of an option's value. */
#    define CISTERN_AGREE(option, value)                                                           \
        extern const char CISTERN_AGREE_PASTE(cistern_was_built_with_##option, value);             \
        static const char *const CISTERN_AGREE_PASTE(cistern_was_built_with_##option, is)          \
            __attribute__((used, section(CISTERN_AGREE_SECTION))) =                                \
                &CISTERN_AGREE_PASTE(cistern_was_built_with_##option, value)
#elif CISTERN_COMPARE_OPTIONS && defined __ELF__ && defined __clang__
#    define CISTERN_AGREE(option, value)                                                           \
        extern const char CISTERN_AGREE_PASTE(cistern_was_built_with_##option, value);             \
        CISTERN_AGREE_REFER(                                                                       \
            CISTERN_AGREE_QUOTE(CISTERN_AGREE_PASTE(cistern_was_built_with_##option, value)))
#else
#    define CISTERN_AGREE(option, value)                                                           \
        extern const char CISTERN_AGREE_PASTE(cistern_was_built_with_##option, value)
#endif

/* Refers to a symbol by its name for the assembler. */
#if UINTPTR_MAX > 0xffffffff
#    define CISTERN_AGREE_WORD ".8byte "
#elif UINTPTR_MAX > 0xffff
#    define CISTERN_AGREE_WORD ".4byte "
#else
#    define CISTERN_AGREE_WORD ".2byte "
#endif
#define CISTERN_AGREE_REFER(name)                                                                  \
    __asm__(".pushsection .debug.cistern,\"\",%progbits\n" CISTERN_AGREE_WORD name "\n."           \
            "popsection")
#define CISTERN_AGREE_QUOTE_(...) #__VA_ARGS__
#define CISTERN_AGREE_QUOTE(...)  CISTERN_AGREE_QUOTE_(__VA_ARGS__)

/* The same for a value that may be any C code, which its text stands for: an assembler takes any text
 * in quotes as a name. Clang's optimizer of whole programs does not, so that clang does not compare
 * texts. gcc's does not know of these symbols: the option's token links the object that has them. */
#define CISTERN_AGREE_NAME(option, ...)                                                            \
    "\"cistern_was_built_with_" option " " CISTERN_AGREE_QUOTE(__VA_ARGS__) "\""
#ifdef CISTERN_AGREE_SECTION
#    define CISTERN_AGREE_TEXT(option, ...)                                                        \
        CISTERN_AGREE_REFER(CISTERN_AGREE_NAME(#option, __VA_ARGS__))
#else
#    define CISTERN_AGREE_TEXT(option, ...) struct cistern_compares_##option
#endif
#if defined __ELF__ && defined __GNUC__
/* The assembler of aarch64 loses a reference to an absolute symbol of the same file: a byte there. */
#    ifdef __aarch64__
#        define CISTERN_AGREE_PLACE(name)                                                          \
            ".pushsection .rodata.cistern_agree,\"a\",%progbits\n" name ":\n.byte 0\n.popsection"
#    else
#        define CISTERN_AGREE_PLACE(name) ".set " name ", 0"
#    endif
#    define CISTERN_AGREE_SYMBOL(name)                                                             \
        __asm__(".globl " name "\n.type " name ", %object\n.size " name                            \
                ", 1\n" CISTERN_AGREE_PLACE(name))
#    define CISTERN_AGREE_TEXT_DEFINE(option, ...)                                                 \
        CISTERN_AGREE_SYMBOL(CISTERN_AGREE_NAME(#option, __VA_ARGS__))
#else
#    define CISTERN_AGREE_TEXT_DEFINE(option, ...) struct cistern_compares_##option
#endif

/* The values as single tokens, since an expression cannot be part of a name. */
#if CISTERN_CHECK == 0
#    define CISTERN_AGREE_CHECK 0
#elif CISTERN_CHECK == 1
#    define CISTERN_AGREE_CHECK 1
#elif CISTERN_CHECK == 2
#    define CISTERN_AGREE_CHECK 2
#else
#    define CISTERN_AGREE_CHECK 3
#endif
#if CISTERN_HEAP_INDEX_BITS == 16
#    define CISTERN_AGREE_INDEX_BITS 16
#elif CISTERN_HEAP_INDEX_BITS == 32
#    define CISTERN_AGREE_INDEX_BITS 32
#else
#    define CISTERN_AGREE_INDEX_BITS 64
#endif
#if CISTERN_HEAP_GUARDED
#    define CISTERN_AGREE_GUARDED 1
#else
#    define CISTERN_AGREE_GUARDED 0
#endif
#if CISTERN_POOL_EXTRAS
#    define CISTERN_AGREE_EXTRAS 1
#else
#    define CISTERN_AGREE_EXTRAS 0
#endif
#if CISTERN_HEAP_FIT_IS_GOOD
#    define CISTERN_AGREE_FIT good
#else
#    define CISTERN_AGREE_FIT first
#endif

#ifdef CISTERN_POOL_KEY
#    define CISTERN_AGREE_POOL_KEY_IS own
#    define CISTERN_AGREE_POOL_KEY    CISTERN_POOL_KEY
#else
#    define CISTERN_AGREE_POOL_KEY_IS default
#    define CISTERN_AGREE_POOL_KEY    default
#endif
#if CISTERN_CHECK >= 3
#    define CISTERN_AGREE_POOL_HISTORY CISTERN_POOL_HISTORY
#else
#    define CISTERN_AGREE_POOL_HISTORY 0
#endif

#ifdef __cplusplus
extern "C" {
#endif

CISTERN_AGREE(CISTERN_CHECK, CISTERN_AGREE_CHECK);
CISTERN_AGREE(CISTERN_POOL_EXTRAS, CISTERN_AGREE_EXTRAS);
CISTERN_AGREE(CISTERN_HEAP_FIT, CISTERN_AGREE_FIT);
CISTERN_AGREE(CISTERN_HEAP_INDEX_BITS, CISTERN_AGREE_INDEX_BITS);
CISTERN_AGREE(CISTERN_HEAP_GUARDED, CISTERN_AGREE_GUARDED);
CISTERN_AGREE(CISTERN_POOL_KEY, CISTERN_AGREE_POOL_KEY_IS);
CISTERN_AGREE_TEXT(CISTERN_POOL_KEY, CISTERN_AGREE_POOL_KEY);
#define CISTERN_AGREE_NUMBER CISTERN_AGREE_POOL_HISTORY
#include "cistern/agree_digits.h"
CISTERN_AGREE(CISTERN_POOL_HISTORY, CISTERN_AGREE_DIGITS);

#ifdef __cplusplus
}
#endif

#endif
