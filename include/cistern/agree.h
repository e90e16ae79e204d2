/* SPDX-License-Identifier: BSD-3-Clause */
/* cistern/agree.h - a program that was compiled with other options than its library does not link.
 *
 * The options at the end of this file decide struct layouts. Each object file whose source includes
 * a header of the library refers to one symbol for each option, whose name ends with the option's
 * value. The library defines the symbols of its own values. So the linker reports, of a program
 * that was compiled with CISTERN_CHECK 2 for a library with 1:
 *   undefined reference to `cistern_was_built_with_CISTERN_CHECK_2'
 * The remedy is to compile both with the same lwipopts.h and the same definitions.
 *
 * The references are in a debug section, which takes no memory of a device. The section has no name
 * of DWARF's, since dwz refuses a .debug_* that it does not know. A definition takes one byte,
 * unless the linker drops what nothing refers to. Options are compared with clang for ELF, and with
 * gcc for ELF on the processors that are named below. With other compilers and formats, and with
 * CISTERN_COMPARE_OPTIONS 0, nothing is compared. */
#ifndef CISTERN_AGREE_H
#define CISTERN_AGREE_H

/* The option's name is pasted first: as an operand of ## it is not replaced by its value. */
#define CISTERN_AGREE_PASTE_(name, value) name##_##value
#define CISTERN_AGREE_PASTE(name, value)  CISTERN_AGREE_PASTE_(name, value)

/* Defines the symbol of an option's value; once in the library, in src/fault/fault.c. */
#define CISTERN_AGREE_DEFINE(option, value)                                                        \
    const char CISTERN_AGREE_PASTE(cistern_was_built_with_##option, value) = 0

#ifndef CISTERN_COMPARE_OPTIONS
#    define CISTERN_COMPARE_OPTIONS 1
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
#    if UINTPTR_MAX > 0xffffffff
#        define CISTERN_AGREE_WORD ".8byte "
#    else
#        define CISTERN_AGREE_WORD ".4byte "
#    endif
/* clang-format off */
#    define CISTERN_AGREE_TEXT_(name) #name
/* clang-format on */
#    define CISTERN_AGREE_TEXT(name) CISTERN_AGREE_TEXT_(name)
#    define CISTERN_AGREE(option, value)                                                           \
        extern const char CISTERN_AGREE_PASTE(cistern_was_built_with_##option, value);             \
        __asm__(                                                                                   \
            ".pushsection .debug.cistern,\"\",%progbits\n" CISTERN_AGREE_WORD CISTERN_AGREE_TEXT(  \
                CISTERN_AGREE_PASTE(cistern_was_built_with_##option, value)) "\n.popsection")
#else
#    define CISTERN_AGREE(option, value)                                                           \
        extern const char CISTERN_AGREE_PASTE(cistern_was_built_with_##option, value)
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

#ifdef __cplusplus
extern "C" {
#endif

CISTERN_AGREE(CISTERN_CHECK, CISTERN_AGREE_CHECK);
CISTERN_AGREE(CISTERN_POOL_EXTRAS, CISTERN_AGREE_EXTRAS);
CISTERN_AGREE(CISTERN_HEAP_FIT, CISTERN_AGREE_FIT);
CISTERN_AGREE(CISTERN_HEAP_INDEX_BITS, CISTERN_AGREE_INDEX_BITS);
CISTERN_AGREE(CISTERN_HEAP_GUARDED, CISTERN_AGREE_GUARDED);

#ifdef __cplusplus
}
#endif

#endif
