/* SPDX-License-Identifier: BSD-3-Clause */
/* lwIP's heap by threads: no two hold the same memory, and the statistics are the heap's at every
 * moment at which no thread is in a critical section.
 *
 * mem_race_test [ROUNDS] */
#include "lwip_memory.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "cistern/heap.h"
#include "lwip/sys.h"

enum { THREADS = 4, HELD = 3 };

static unsigned rounds = 20000;
static atomic_uint spoilt; /* blocks whose content another thread has changed */
static atomic_bool ends;

/* A size of 1 to 120 bytes; small and large ones mixed, the same for every run. */
static mem_size_t size_of(unsigned thread, unsigned round)
{
    return (mem_size_t)(1U + (round * 37U + thread * 11U) % ((round % 5U == 0) ? 120U : 24U));
}

static bool is_filled(const u8_t *block, mem_size_t size, u8_t with)
{
    mem_size_t i = 0;
    while (i < size && block[i] == with) {
        ++i;
    }
    return i == size;
}

/* Holds some blocks at a time, each filled with the thread's number, and trims some. */
static void *work(void *number)
{
    const unsigned me = (unsigned)(uintptr_t)number;
    u8_t *block[HELD] = {NULL};
    mem_size_t size[HELD] = {0};
    for (unsigned round = 0; round < rounds; ++round) {
        const unsigned place = round % HELD;
        if (block[place] != NULL && !is_filled(block[place], size[place], (u8_t)me)) {
            ++spoilt;
        }
        mem_free(block[place]);
        size[place] = size_of(me, round);
        block[place] = mem_malloc(size[place]);
        if (block[place] == NULL) {
            continue;
        }
        memset(block[place], (int)me, size[place]);
        if (round % 7U == 0) {
            size[place] = (mem_size_t)((size[place] + 1U) / 2U);
            (void)mem_trim(block[place], size[place]);
        }
    }
    for (unsigned place = 0; place < HELD; ++place) {
        mem_free(block[place]);
    }
    return NULL;
}

/* Whether the numbers that clients read are the heap's now. */
static bool statistics_are_right(void)
{
    cistern_heap_stats_t now;
    SYS_ARCH_DECL_PROTECT(level);
    SYS_ARCH_PROTECT(level);
    cistern_heap_stats(mem_heap(), &now);
    const bool right = lwip_stats.mem.used == now.used && lwip_stats.mem.max == now.max_used;
    SYS_ARCH_UNPROTECT(level);
    return right;
}

static void *look(void *wrong)
{
    while (!ends) {
        *(unsigned *)wrong += statistics_are_right() ? 0 : 1U;
    }
    return NULL;
}

static void statistics_are_the_heaps_at_every_moment(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    pthread_t observer;
    unsigned wrong = 0;
    assert_int_equal(pthread_create(&observer, NULL, look, &wrong), 0);
    for (uintptr_t i = 0; i < THREADS; ++i) {
        assert_int_equal(pthread_create(&threads[i], NULL, work, (void *)(i + 1)), 0);
    }
    for (unsigned i = 0; i < THREADS; ++i) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    ends = true;
    assert_int_equal(pthread_join(observer, NULL), 0);
    assert_int_equal(wrong, 0);
    assert_int_equal(spoilt, 0);
    assert_int_equal(lwip_stats.mem.used, 0);
    assert_int_equal(lwip_stats.mem.illegal, 0);
    assert_true(cistern_heap_check(mem_heap()));
    assert_no_fault();
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        test(statistics_are_the_heaps_at_every_moment),
    };
    if (argc > 1) {
        rounds = (unsigned)strtoul(argv[1], NULL, 10);
    }
    return cmocka_run_group_tests(tests, memory_start, NULL);
}
