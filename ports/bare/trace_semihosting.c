/* SPDX-License-Identifier: BSD-3-Clause */
/* trace_semihosting.c (bare) - a trace's way into a file of the host, through a debugger or emulator.
 *
 *   ring --drain--> SYS_WRITE --> QEMU, OpenOCD, J-Link ... --> file
 *
 * The calls are those of Arm's semihosting, which RISC-V has taken over: an operation and the address
 * of its words, and a trap that the host sees. */
#include "cistern/trace.h"

#if CISTERN_TRACE && (defined __arm__ || defined __riscv)

enum { SEMIHOSTING_OPEN = 1, SEMIHOSTING_CLOSE = 2, SEMIHOSTING_WRITE = 5, SEMIHOSTING_WB = 5 };

#    ifdef __arm__

static uintptr_t semihosting_call(uintptr_t operation, const uintptr_t *words)
{
    register uintptr_t r0 __asm__("r0") = operation;
    register const uintptr_t *r1 __asm__("r1") = words;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

#    else

/* The three instructions must be as they are, of four bytes each, on one page. */
__attribute__((noinline, aligned(16))) static uintptr_t semihosting_call(uintptr_t operation,
                                                                         const uintptr_t *words)
{
    register uintptr_t a0 __asm__("a0") = operation;
    register const uintptr_t *a1 __asm__("a1") = words;
    __asm__ volatile(".option push\n\t"
                     ".option norvc\n\t"
                     "slli x0, x0, 0x1f\n\t"
                     "ebreak\n\t"
                     "srai x0, x0, 7\n\t"
                     ".option pop"
                     : "+r"(a0)
                     : "r"(a1)
                     : "memory");
    return a0;
}

#    endif

static uintptr_t semihosting_file = UINTPTR_MAX; /* the host's handle */

static bool semihosting_write(void *context, const void *bytes, size_t length)
{
    (void)context;
    const uintptr_t words[] = {semihosting_file, (uintptr_t)bytes, length};
    return length == 0 || semihosting_call(SEMIHOSTING_WRITE, words) == 0;
}

bool cistern_trace_semihosting_open(const char *path)
{
    uintptr_t length = 0;
    while (path[length] != '\0') {
        ++length;
    }
    const uintptr_t words[] = {(uintptr_t)path, SEMIHOSTING_WB, length};
    semihosting_file = semihosting_call(SEMIHOSTING_OPEN, words);
    if (semihosting_file == UINTPTR_MAX) {
        return false;
    }
    cistern_trace_start();
    cistern_trace_pools();
    return cistern_trace_begin(semihosting_write, NULL);
}

bool cistern_trace_semihosting_drain(void)
{
    return cistern_trace_drain(semihosting_write, NULL);
}

bool cistern_trace_semihosting_close(void)
{
    const bool drained = cistern_trace_semihosting_drain();
    const bool closed = semihosting_call(SEMIHOSTING_CLOSE, &semihosting_file) == 0;
    semihosting_file = UINTPTR_MAX;
    cistern_trace_stop();
    return drained && closed && cistern_trace_lost() == 0;
}

#endif
