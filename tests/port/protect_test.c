/* SPDX-License-Identifier: BSD-3-Clause */
/* A port of lwIP's that protects by macros in its cc.h, kept as it is: each engine enters the
 * port's section, nests in it and leaves it. */
#include "support.h"

#include "lwip/mem.h"
#include "lwip/memp.h"
#include "lwip/pbuf.h"
#include "lwip/stats.h"
#include "lwip/sys.h"

int protect_depth;
unsigned protect_count;

#ifdef PROTECT_functions
sys_prot_t sys_arch_protect(void)
{
    const sys_prot_t key = {protect_enter(), 0};
    return key;
}

void sys_arch_unprotect(sys_prot_t pval)
{
    protect_depth = pval.depth;
}
#endif

u32_t sys_now(void)
{
    return 0;
}

static int start(void **state)
{
    (void)state;
    stats_init();
    mem_init();
    memp_init();
    protect_count = 0;
    return 0;
}

/* That there was a section at all, and that what was before it is back. */
static void assert_protected_at(int depth)
{
    assert_true(protect_count > 0);
    assert_int_equal(protect_depth, depth);
    protect_count = 0;
}

static void use_every_engine(int depth)
{
    void *const block = mem_malloc(10);
    assert_protected_at(depth);
    mem_free(block);
    assert_protected_at(depth);
    void *const element = memp_malloc(MEMP_PBUF);
    assert_protected_at(depth);
    memp_free(MEMP_PBUF, element);
    assert_protected_at(depth);
    struct pbuf *const p = pbuf_alloc(PBUF_RAW, 10, PBUF_POOL);
    assert_protected_at(depth);
    pbuf_ref(p);
    assert_protected_at(depth);
    assert_int_equal(pbuf_free(p), 0);
    assert_int_equal(pbuf_free(p), 1);
    assert_protected_at(depth);
}

static void engines_enter_the_macros_section_and_leave_it(void **state)
{
    (void)state;
    use_every_engine(0);
}

static void engines_restore_a_section_that_they_are_called_in(void **state)
{
    (void)state;
    SYS_ARCH_DECL_PROTECT(level);
    SYS_ARCH_PROTECT(level);
    use_every_engine(1);
    SYS_ARCH_UNPROTECT(level);
    assert_int_equal(protect_depth, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(engines_enter_the_macros_section_and_leave_it, start),
        cmocka_unit_test_setup(engines_restore_a_section_that_they_are_called_in, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
