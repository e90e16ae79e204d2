/* SPDX-License-Identifier: BSD-3-Clause */
/* masked_sample.c - functions whose longest masked stretch is known, for masked_test.py. Not run. */

#if defined __riscv
#    define MASK      "csrrci a5, mstatus, 8\n"
#    define RESTORE   "csrs mstatus, a5\n"
#    define RETURN    "ret\n"
#    define MAYBE(to) "beqz a0, " to "\n"
#    define POINTER   "jalr a1\n"
#    define CALL(to)  "jal " to "\n"
#else
#    define MASK      "cpsid i\n"
#    define RESTORE   "msr primask, r3\n"
#    define RETURN    "bx lr\n"
#    define MAYBE(to) "beq " to "\n"
#    define POINTER   "blx r1\n"
#    define CALL(to)  "bl " to "\n"
#endif
#define NOP "nop\n"

/* No code calls these; that a call loses the way back does not matter. */
#define SAMPLE(name, code)                                                                         \
    void name(void);                                                                               \
    __attribute__((naked, used)) void name(void)                                                   \
    {                                                                                              \
        __asm__ volatile(".syntax unified\n" code RETURN);                                         \
    }
#if defined __riscv
#    undef SAMPLE
#    define SAMPLE(name, code)                                                                     \
        void name(void);                                                                           \
        __attribute__((naked, used)) void name(void)                                               \
        {                                                                                          \
            __asm__ volatile(code RETURN);                                                         \
        }
#endif

SAMPLE(never, NOP NOP)
SAMPLE(straight, MASK NOP NOP NOP RESTORE)
SAMPLE(longer_way, MASK MAYBE("1f") NOP NOP NOP NOP "1:" RESTORE)
SAMPLE(two_stretches, MASK NOP RESTORE NOP NOP NOP NOP MASK NOP NOP RESTORE)
SAMPLE(nested, MASK MASK NOP RESTORE NOP RESTORE)
SAMPLE(calls, MASK CALL("straight") RESTORE)
SAMPLE(returns_masked, NOP MASK)
SAMPLE(ends_elsewhere, CALL("returns_masked") NOP RESTORE NOP)
SAMPLE(heap_search, MASK "1:" NOP MAYBE("1b") RESTORE)
SAMPLE(unknown_loop, MASK "1:" NOP MAYBE("1b") RESTORE)
SAMPLE(harmless_loop, "1:" MASK NOP RESTORE MAYBE("1b"))
SAMPLE(loop_over_the_edge, MASK "1:" RESTORE NOP MASK NOP MAYBE("1b") RESTORE)
SAMPLE(unknown_call, MASK POINTER RESTORE)
SAMPLE(known_calls, POINTER MASK NOP RESTORE)
SAMPLE(itself, MASK CALL("itself") RESTORE)

int main(void)
{
    return 0;
}
