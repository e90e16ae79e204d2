/* SPDX-License-Identifier: BSD-3-Clause */
/* start_test.c - main becomes a thread while interrupts come: it moves from the first stack, which
 * handlers use too, to the process stack without one of them writing over the other. */
#include <stdbool.h>

#include "support.h"

#include "cpu_switch.h"
#include "target/board.h"

static volatile bool fallen;

/* A handler that needs stack, as most do. */
static void use_stack(uintptr_t address)
{
    volatile uintptr_t words[16];
    for (unsigned i = 0; i < 16; ++i) {
        words[i] = address;
    }
    fallen = words[15] == address;
}

/* What bare_cpu_switch_start did, undone. */
__attribute__((naked, noinline)) static void use_first_stack_again(void)
{
    __asm__ volatile(".syntax unified\n"
                     "mrs r1, psp\n"
                     "msr msp, r1\n"
                     "mrs r1, control\n"
                     "movs r2, #2\n"
                     "bics r1, r2\n"
                     "msr control, r1\n"
                     "isb\n"
                     "bx lr\n");
}

/* An interrupt on each instruction of it in turn, until one comes too late. */
static void interrupt_may_come_on_each_instruction_of_the_start(void **state)
{
    (void)state;
    unsigned rounds = 0;
    do {
        ++rounds;
        fallen = false;
        board_shoot(rounds * board_shot_step(), use_stack);
        bare_cpu_switch_start();
        board_hold();
        use_first_stack_again();
    } while (fallen);
    assert_true(rounds > 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(interrupt_may_come_on_each_instruction_of_the_start)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
