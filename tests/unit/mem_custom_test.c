/* SPDX-License-Identifier: BSD-3-Clause */
/* lwIP's heap on the C library, with statistics, and on the user's own allocator, without and with
 * them. */
#include "support.h"

#include <stdlib.h>

#include "lwip/mem.h"
#include "lwip/opt.h"
#include "lwip/stats.h"

static size_t taken;
static size_t given;
static unsigned char *misaligned; /* what the allocator gives next, if it is not NULL */

void *user_malloc(size_t size);
void user_free(void *memory);
void *user_calloc(size_t count, size_t size);

/* Memory aligned to MEM_ALIGNMENT, and before it what the C library gave. */
void *user_malloc(size_t size)
{
    ++taken;
    if (misaligned != NULL) {
        return misaligned;
    }
    void **const whole = size < SIZE_MAX / 4 ? malloc(size + 2 * LWIP_ALIGNMENT) : NULL;
    if (whole == NULL) {
        return NULL;
    }
    void **const memory = LWIP_MEM_ALIGN(whole + 1);
    memory[-1] = whole;
    return memory;
}

void user_free(void *memory)
{
    ++given;
    if (memory == misaligned) {
        return;
    }
    free(((void **)memory)[-1]);
}

void *user_calloc(size_t count, size_t size)
{
    return memset(user_malloc(count * size), 0, count * size);
}

#if MEM_STATS
static void reset_stats(void)
{
    memset(&lwip_stats.mem, 0, sizeof(lwip_stats.mem));
}
#else
static void reset_stats(void) {}
#endif

static int start(void **state)
{
    (void)faults_watch(state);
    reset_stats();
    mem_init();
    taken = 0;
    given = 0;
    misaligned = NULL;
    return 0;
}

#define mem_test(function) cmocka_unit_test_setup(function, start)

#if MEM_STATS
static void assert_stats(size_t used, size_t max, size_t err)
{
    assert_int_equal(lwip_stats.mem.used, used);
    assert_int_equal(lwip_stats.mem.max, max);
    assert_int_equal(lwip_stats.mem.err, err);
}
#else
static void assert_stats(size_t used, size_t max, size_t err)
{
    (void)max;
    (void)err;
    assert_int_equal(taken - given != 0, used != 0);
}
#endif

static void memory_can_be_used_and_is_counted(void **state)
{
    (void)state;
    u8_t *const mem = mem_malloc(1000);
    assert_int_equal((mem_ptr_t)mem % MEM_ALIGNMENT, 0);
    memset(mem, 0xff, 1000);
    assert_stats(1000, 1000, 0);
    mem_free(mem);
    mem_free(NULL);
    assert_stats(0, 1000, 0);
}

static void calloc_gives_zeros(void **state)
{
    (void)state;
    u8_t *const mem = mem_calloc(10, 30);
    for (size_t i = 0; i < 300; ++i) {
        assert_int_equal(mem[i], 0);
    }
    assert_stats(300, 300, 0);
    mem_free(mem);
}

static void calloc_refuses_a_product_that_overflows(void **state)
{
    (void)state;
    assert_null(mem_calloc(SIZE_MAX / 2 + 1, 2));
    assert_null(mem_calloc(SIZE_MAX / 2, 3));
    assert_int_equal(taken, 0);
    assert_stats(0, 0, 2);
}

static void nothing_is_asked_of_the_allocator_for_no_bytes(void **state)
{
    (void)state;
    assert_null(mem_malloc(0));
    assert_null(mem_calloc(0, 4));
    assert_null(mem_calloc(4, 0));
    assert_int_equal(taken, 0);
    assert_stats(0, 0, 0);
}

static void trim_does_nothing(void **state)
{
    (void)state;
    void *const mem = mem_malloc(1000);
    assert_ptr_equal(mem_trim(mem, 10), mem);
    assert_stats(1000, 1000, 0);
    mem_free(mem);
}

/* What a custom allocator is asked about is true, as it cannot know better. */
static void memory_is_given_back_by_try_free_too(void **state)
{
    (void)state;
    void *const mem = mem_malloc(1000);
    assert_true(mem_is_in_use(mem));
    assert_false(mem_is_in_use(NULL));
    assert_true(mem_try_free(mem));
    assert_stats(0, 1000, 0);
}

#if !MEM_LIBC_MALLOC
static void the_users_allocator_is_asked_once_for_each(void **state)
{
    (void)state;
    void *const first = mem_malloc(10);
    void *const second = mem_calloc(2, 10);
    assert_int_equal(taken, 2);
    mem_free(first);
    mem_free(second);
    mem_free(NULL);
    assert_int_equal(given, 2);
}

static void memory_that_is_not_aligned_goes_back_and_is_a_failure(void **state)
{
    (void)state;
    static _Alignas(LWIP_ALIGNMENT) unsigned char bytes[256];
    for (unsigned i = 1; i < LWIP_ALIGNMENT; i += i) {
        misaligned = bytes + i;
        assert_null(mem_malloc(10));
        assert_one_fault(CISTERN_FAULT_MISALIGNED, misaligned);
        assert_null(mem_calloc(2, 10));
        assert_one_fault(CISTERN_FAULT_MISALIGNED, misaligned);
        assert_int_equal(given, taken);
    }
    assert_stats(0, 0, taken);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        mem_test(memory_can_be_used_and_is_counted),
        mem_test(calloc_gives_zeros),
        mem_test(calloc_refuses_a_product_that_overflows),
        mem_test(nothing_is_asked_of_the_allocator_for_no_bytes),
        mem_test(trim_does_nothing),
        mem_test(memory_is_given_back_by_try_free_too),
#if !MEM_LIBC_MALLOC
        mem_test(the_users_allocator_is_asked_once_for_each),
        mem_test(memory_that_is_not_aligned_goes_back_and_is_a_failure),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
