/* SPDX-License-Identifier: BSD-3-Clause */
/* float_test.c - threads that compute with floating point keep their registers across switches. */
#include "support.h"

#include "cistern_bare.h"
#include "lwip/sys.h"
#include "target/board.h"

#define REGISTERS 32
#define ROUNDS    20U

static volatile uint32_t turns[2];
static unsigned wrong[2];
static sys_sem_t done;

/* Writes first, first + 1, ... into s0 to s31, waits until *other is no longer `old`, and reads the
 * registers into `found`. In between other threads run, taken turns with by the tick. */
static void keep(uint32_t first, const volatile uint32_t *other, uint32_t old, uint32_t *found)
{
    uint32_t values[REGISTERS];
    for (uint32_t i = 0; i < REGISTERS; ++i) {
        values[i] = first + i;
    }
    __asm__ volatile("vldmia %0, {s0-s31}\n"
                     "1: ldr r3, [%1]\n"
                     "cmp r3, %2\n"
                     "beq 1b\n"
                     "vstmia %3, {s0-s31}\n"
                     :
                     : "r"(values), "r"(other), "r"(old), "r"(found)
                     : "r3", "cc", "memory", "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8",
                       "s9", "s10", "s11", "s12", "s13", "s14", "s15", "s16", "s17", "s18", "s19",
                       "s20", "s21", "s22", "s23", "s24", "s25", "s26", "s27", "s28", "s29", "s30",
                       "s31");
}

/* Each round ends in the other thread's next one, so that both run all the time. */
static void compute(void *argument)
{
    const unsigned me = *(const unsigned *)argument;
    for (uint32_t round = 0; round < ROUNDS; ++round) {
        const uint32_t first = 0x3F000000U + 0x10000U * me + 0x100U * round;
        uint32_t found[REGISTERS] = {0};
        const uint32_t old = turns[1 - me];
        turns[me] = turns[me] + 1;
        keep(first, &turns[1 - me], old, found);
        for (uint32_t i = 0; i < REGISTERS; ++i) {
            wrong[me] += (found[i] != first + i) ? 1U : 0U;
        }
    }
    turns[me] = turns[me] + 1;
    sys_sem_signal(&done);
}

static void registers_of_two_threads_survive_being_taken_turns_with(void **state)
{
    (void)state;
    static const unsigned numbers[2] = {0, 1};
    assert_int_equal(sys_sem_new(&done, 0), ERR_OK);
    (void)sys_thread_new("zero", compute, (void *)(uintptr_t)&numbers[0], 0, 0);
    (void)sys_thread_new("one", compute, (void *)(uintptr_t)&numbers[1], 0, 0);
    assert_int_not_equal(sys_arch_sem_wait(&done, 1000), SYS_ARCH_TIMEOUT);
    assert_int_not_equal(sys_arch_sem_wait(&done, 1000), SYS_ARCH_TIMEOUT);
    assert_int_equal(wrong[0], 0);
    assert_int_equal(wrong[1], 0);
    assert_true(turns[0] > ROUNDS && turns[1] > ROUNDS);
    sys_sem_free(&done);
    assert_no_fault();
}

static sys_sem_t ping;
static sys_sem_t pong;

/* Uses the registers between its waits. */
static void disturb(void *argument)
{
    (void)argument;
    volatile float value = 1.0F;
    while (value < 100.0F) {
        (void)sys_sem_wait(&ping);
        value = value * 1.5F + 0.25F;
        __asm__ volatile("vmov s16, %0\n\tvmov s31, %0" : : "r"(0) : "s16", "s31");
        sys_sem_signal(&pong);
    }
}

/* A wait is a call: the registers that a call keeps, s16 to s31, hold the sums. */
static void sums_survive_waits_in_between(void **state)
{
    (void)state;
    float sum = 0.0F;
    float product = 1.0F;
    unsigned rounds = 0;
    assert_int_equal(sys_sem_new(&ping, 0), ERR_OK);
    assert_int_equal(sys_sem_new(&pong, 0), ERR_OK);
    (void)sys_thread_new("disturb", disturb, NULL, 0, 1);
    for (float value = 1.0F; value < 100.0F; value = value * 1.5F + 0.25F) {
        sys_sem_signal(&ping);
        assert_int_not_equal(sys_arch_sem_wait(&pong, 1000), SYS_ARCH_TIMEOUT);
        sum += 1.5F;
        product *= 2.0F;
        ++rounds;
    }
    assert_true(sum == 1.5F * (float)rounds);
    assert_true(product == (float)(1UL << rounds));
    sys_sem_free(&ping);
    sys_sem_free(&pong);
    assert_no_fault();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(registers_of_two_threads_survive_being_taken_turns_with),
        test(sums_survive_waits_in_between),
    };
    sys_init();
    board_start_ticks();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
