/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/cistern_port.h (lwip) - the engines' critical section on a port written for lwIP.
 *
 * For a program that has a port of lwIP's (arch/cc.h, arch/sys_arch.h, sys_arch.c) and keeps it:
 * put ports/lwip on the include path behind that port and compile the files of ports/lwip. The
 * section is then the port's own SYS_ARCH_PROTECT: sys_arch_protect, or macros of any kind. It must
 * nest, and the engines may be called from the contexts that it keeps out.
 *
 * The macros write a section within one function: a declaration, an enter, a leave. A declaration that
 * enters is not one: it would enter again where the section is left. The engines
 * have the enter and the leave apart, so the variable's value goes from one to the other as words,
 * in registers once both are inlined. Its type is whatever the macro declares:
 *
 *   macro                    value of the level
 *   a variable that is set   its value
 *   a variable, never set    0
 *   no declaration           none: the level is the variable of the outer block, which is in scope
 *                            under the same name
 *
 * | option                   | default       | effect                                           |
 * |--------------------------|---------------|--------------------------------------------------|
 * | CISTERN_LWIP_LEVEL       | cistern_level | the variable's name, if SYS_ARCH_DECL_PROTECT    |
 * |                          |               | ignores the name that it is given                |
 * | CISTERN_LWIP_LEVEL_BYTES | two pointers  | space for the variable                           |
 *
 * A build that needs one of them ends with an error that names it. */
#ifndef CISTERN_ARCH_PORT_H
#define CISTERN_ARCH_PORT_H

#include "lwip/sys.h"

#ifdef CISTERN_LWIP_LEVEL
#    define CISTERN_LWIP_LEVEL_IS_NAMED 1
#else
#    define CISTERN_LWIP_LEVEL          cistern_level
#    define CISTERN_LWIP_LEVEL_IS_NAMED 0
#endif
#ifndef CISTERN_LWIP_LEVEL_BYTES
#    define CISTERN_LWIP_LEVEL_BYTES (2 * sizeof(void *))
#endif

/* A struct that the engines return from one function to the next: lwIP's own build warns of these. */
#pragma GCC diagnostic ignored "-Waggregate-return"
typedef struct cistern_critical {
    void *words[(CISTERN_LWIP_LEVEL_BYTES + sizeof(void *) - 1) / sizeof(void *)];
} cistern_critical_t;

/* The level of macros that declare none. */
typedef struct cistern_no_level {
    unsigned char nothing;
} cistern_no_level_t;

/* The text of what a macro expands to; an empty one takes one byte. A statement that does nothing
 * starts with `do`, a bracket or a semicolon, which no declaration does. */
#define CISTERN_LWIP_TEXT_(...)  #__VA_ARGS__
#define CISTERN_LWIP_TEXT(...)   CISTERN_LWIP_TEXT_(__VA_ARGS__)
#define CISTERN_LWIP_DECLARATION CISTERN_LWIP_TEXT(SYS_ARCH_DECL_PROTECT(CISTERN_LWIP_LEVEL))
#define CISTERN_LWIP_STARTS_WITH(word)                                                             \
    (__builtin_memcmp(CISTERN_LWIP_DECLARATION "   ", word, sizeof(word) - 1) == 0)
#define CISTERN_LWIP_DECLARES_NOTHING                                                              \
    (sizeof CISTERN_LWIP_DECLARATION == 1 || CISTERN_LWIP_STARTS_WITH("do ") ||                    \
     CISTERN_LWIP_STARTS_WITH("do{") || CISTERN_LWIP_STARTS_WITH("(") ||                           \
     CISTERN_LWIP_STARTS_WITH("{") || CISTERN_LWIP_STARTS_WITH(";"))

/* C++ has neither of the two; that the variable has the name that it is given is asserted in C. */
#ifdef __cplusplus
#    define CISTERN_LWIP_ASSERT(condition, text) static_assert(condition, text)
#    define CISTERN_LWIP_IS_LEVEL(variable)      true
#else
#    define CISTERN_LWIP_ASSERT(condition, text) _Static_assert(condition, text)
#    define CISTERN_LWIP_IS_LEVEL(variable)      _Generic(variable, cistern_no_level_t : 0, default : 1)
#endif

/* The macros hide the outer variable on purpose, and convert as they like. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"

/* Enters the port's protected section and returns the state before. Contexts as the port has it. */
static inline cistern_critical_t cistern_critical_enter(void)
{
    cistern_no_level_t CISTERN_LWIP_LEVEL = {0};
    (void)CISTERN_LWIP_LEVEL;
    {
        SYS_ARCH_DECL_PROTECT(CISTERN_LWIP_LEVEL);
        union {
            cistern_critical_t state;
            __typeof__(CISTERN_LWIP_LEVEL) level;
        } before = {{{0}}};
        CISTERN_LWIP_ASSERT(sizeof before == sizeof(cistern_critical_t),
                            "SYS_ARCH_DECL_PROTECT declares a larger variable: define "
                            "CISTERN_LWIP_LEVEL_BYTES as its size");
        CISTERN_LWIP_ASSERT(
            CISTERN_LWIP_IS_LEVEL(before.level) || CISTERN_LWIP_DECLARES_NOTHING ||
                CISTERN_LWIP_LEVEL_IS_NAMED,
            "SYS_ARCH_DECL_PROTECT declares a variable of another name than it is given: "
            "define CISTERN_LWIP_LEVEL as that name");
        CISTERN_LWIP_LEVEL = before.level;
        SYS_ARCH_PROTECT(CISTERN_LWIP_LEVEL);
        before.level = CISTERN_LWIP_LEVEL;
        return before.state;
    }
}

/* Restores the state that the matching enter returned. */
static inline void cistern_critical_leave(cistern_critical_t state)
{
    cistern_no_level_t CISTERN_LWIP_LEVEL = {0};
    (void)CISTERN_LWIP_LEVEL;
    {
        SYS_ARCH_DECL_PROTECT(CISTERN_LWIP_LEVEL);
        const union {
            cistern_critical_t state;
            __typeof__(CISTERN_LWIP_LEVEL) level;
        } before = {state};
        CISTERN_LWIP_LEVEL = before.level;
        SYS_ARCH_UNPROTECT(CISTERN_LWIP_LEVEL);
    }
}

#pragma GCC diagnostic pop

#endif
