/* SPDX-License-Identifier: BSD-3-Clause */
/* A port written for lwIP, kept as it is: the engines use its protection and its messages. */
#include <stdio.h>

#include "support.h"

#include "cistern/pool.h"
#include "lwip/sys.h"

/* --- the old port: its level counts down from 100 -------------------------------------------- */

static sys_prot_t level = 100;
static sys_prot_t deepest = 100;
static char printed[256];

sys_prot_t sys_arch_protect(void)
{
    const sys_prot_t before = level--;
    deepest = (level < deepest) ? level : deepest;
    return before;
}

void sys_arch_unprotect(sys_prot_t pval)
{
    level = pval;
}

void old_port_print(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(printed, sizeof printed, format, arguments);
    va_end(arguments);
}

/* --- the engines on it ----------------------------------------------------------------------- */

static cistern_pool_t pool;
static void *memory[CISTERN_POOL_BYTES(4, 16, 0) / sizeof(void *) + 1];

static int make_pool(void **state)
{
    (void)state;
    const cistern_pool_config_t config = {
        .name = "P", .count = 4, .size = 16, .memory = memory, .bytes = sizeof memory};
    deepest = 100;
    printed[0] = '\0';
    return (cistern_pool_init(&pool, &config) == CISTERN_OK) ? 0 : -1;
}

static void engines_enter_the_old_ports_protection_and_restore_its_state(void **state)
{
    (void)state;
    void *const block = cistern_pool_get(&pool);
    assert_non_null(block);
    assert_true(deepest < 100);
    assert_int_equal(level, 100);
    const sys_prot_t before = sys_arch_protect();
    assert_int_equal(cistern_pool_put(&pool, block), CISTERN_OK);
    assert_true(deepest < 99);
    assert_int_equal(level, 99);
    sys_arch_unprotect(before);
}

static void fault_is_a_message_of_the_old_port(void **state)
{
    (void)state;
    void *const block = cistern_pool_get(&pool);
    (void)cistern_pool_put(&pool, block);
    assert_int_equal(cistern_pool_put(&pool, block), CISTERN_ERROR_FAULT);
    char expected[128];
    (void)snprintf(
        expected, sizeof expected,
        "cistern: fault: double free: object P (%p), address %p, owner P, last user -:0\n",
        (void *)&pool, block);
    assert_string_equal(printed, expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(engines_enter_the_old_ports_protection_and_restore_its_state,
                               make_pool),
        cmocka_unit_test_setup(fault_is_a_message_of_the_old_port, make_pool),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
