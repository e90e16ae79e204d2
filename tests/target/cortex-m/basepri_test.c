/* SPDX-License-Identifier: BSD-3-Clause */
/* basepri_test.c - protection by BASEPRI: SysTick is more urgent than the mask, PendSV is not. */
#include "support.h"

#include "arch/cistern_cpu.h"
#include "lwip/sys.h"

#define SCB_ICSR           (*(volatile uint32_t *)0xE000ED04U)
#define SCB_SHPR3          (*(volatile uint32_t *)0xE000ED20U)
#define SCB_ICSR_PENDSTSET 0x04000000U
#define SCB_ICSR_PENDSVSET 0x10000000U

#define URGENT     (CISTERN_BARE_BASEPRI / 2U)
#define NOT_URGENT (CISTERN_BARE_BASEPRI * 2U)

static volatile unsigned urgent;
static volatile unsigned not_urgent;

void arm_systick_isr(void);
void arm_pendsv_isr(void);

void arm_systick_isr(void)
{
    ++urgent;
}

void arm_pendsv_isr(void)
{
    ++not_urgent;
}

static int start(void **state)
{
    urgent = 0;
    not_urgent = 0;
    SCB_SHPR3 = (URGENT << 24) | (NOT_URGENT << 16);
    return faults_watch(state);
}

static void ask_for_both(void)
{
    SCB_ICSR = SCB_ICSR_PENDSTSET | SCB_ICSR_PENDSVSET;
    __asm__ volatile("dsb\n\tisb" : : : "memory");
}

static void both_interrupts_come_outside_of_protection(void **state)
{
    (void)state;
    ask_for_both();
    assert_int_equal(urgent, 1);
    assert_int_equal(not_urgent, 1);
}

static void only_the_more_urgent_interrupt_comes_inside_of_protection(void **state)
{
    (void)state;
    const sys_prot_t level = sys_arch_protect();
    ask_for_both();
    const unsigned urgent_inside = urgent;
    const unsigned not_urgent_inside = not_urgent;
    sys_arch_unprotect(level);
    assert_int_equal(urgent_inside, 1);
    assert_int_equal(not_urgent_inside, 0);
    assert_int_equal(not_urgent, 1);
}

static void inner_unprotect_keeps_the_less_urgent_interrupt_out(void **state)
{
    (void)state;
    const sys_prot_t outer = sys_arch_protect();
    const sys_prot_t inner = sys_arch_protect();
    sys_arch_unprotect(inner);
    ask_for_both();
    const unsigned inside = not_urgent;
    const bool masked = cistern_cpu_is_masked();
    sys_arch_unprotect(outer);
    assert_int_equal(inside, 0);
    assert_true(masked);
    assert_false(cistern_cpu_is_masked());
    assert_int_equal(not_urgent, 1);
}

static void set_basepri(uint32_t value)
{
    __asm__ volatile("msr basepri, %0\n\tisb" : : "r"(value) : "memory");
}

/* As in a section of the user's that masks more. */
static void protection_never_lets_in_what_was_masked_before(void **state)
{
    (void)state;
    set_basepri(URGENT);
    const sys_prot_t level = sys_arch_protect();
    ask_for_both();
    const unsigned inside = urgent + not_urgent;
    sys_arch_unprotect(level);
    const unsigned behind = urgent + not_urgent;
    set_basepri(0);
    assert_int_equal(inside, 0);
    assert_int_equal(behind, 0);
    assert_int_equal(urgent + not_urgent, 2);
}

#define basepri_unit_test(function) cmocka_unit_test_setup(function, start)

int main(void)
{
    const struct CMUnitTest tests[] = {
        basepri_unit_test(both_interrupts_come_outside_of_protection),
        basepri_unit_test(only_the_more_urgent_interrupt_comes_inside_of_protection),
        basepri_unit_test(inner_unprotect_keeps_the_less_urgent_interrupt_out),
        basepri_unit_test(protection_never_lets_in_what_was_masked_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
