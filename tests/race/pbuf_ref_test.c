/* SPDX-License-Identifier: BSD-3-Clause */
/* Threads that share packet buffers: each reference counts, and the last one frees. */
#define _POSIX_C_SOURCE 200809L /* barriers */
#include "lwip_memory.h"

#include <pthread.h>

#include "lwip/pbuf.h"

#define THREADS 4
#define ROUNDS  20000

/* --- one pbuf, many references ------------------------------------------------------------------
 */

static void *refer_and_free(void *shared)
{
    for (unsigned i = 0; i < ROUNDS; ++i) {
        pbuf_ref(shared);
        (void)pbuf_free(shared);
    }
    return NULL;
}

static void references_taken_and_dropped_by_threads_add_up(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    struct pbuf *const p = pbuf_alloc(PBUF_RAW, 8, PBUF_POOL);
    for (unsigned i = 0; i < THREADS; ++i) {
        assert_int_equal(pthread_create(&threads[i], NULL, refer_and_free, p), 0);
    }
    for (unsigned i = 0; i < THREADS; ++i) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    assert_int_equal(p->ref, 1);
    assert_int_equal(pbuf_free(p), 1);
    assert_no_fault();
}

/* --- many pbufs, each freed by whoever is last --------------------------------------------------
 */

#define HOLDERS 2
#define BATCH   8

static struct pbuf *batch[BATCH];
static pthread_barrier_t filled;
static pthread_barrier_t emptied;
static unsigned freed[HOLDERS];

static void *drop_each(void *holder)
{
    for (unsigned round = 0; round < ROUNDS / 40; ++round) {
        (void)pthread_barrier_wait(&filled);
        for (unsigned i = 0; i < BATCH; ++i) {
            *(unsigned *)holder += (unsigned)pbuf_free(batch[i]);
        }
        (void)pthread_barrier_wait(&emptied);
    }
    return NULL;
}

static void the_last_of_several_threads_frees_and_no_other(void **state)
{
    (void)state;
    pthread_t threads[HOLDERS];
    assert_int_equal(pthread_barrier_init(&filled, NULL, HOLDERS + 1), 0);
    assert_int_equal(pthread_barrier_init(&emptied, NULL, HOLDERS + 1), 0);
    for (unsigned i = 0; i < HOLDERS; ++i) {
        assert_int_equal(pthread_create(&threads[i], NULL, drop_each, &freed[i]), 0);
    }
    for (unsigned round = 0; round < ROUNDS / 40; ++round) {
        for (unsigned i = 0; i < BATCH; ++i) {
            batch[i] = pbuf_alloc(PBUF_RAW, 8, PBUF_POOL);
            assert_non_null(batch[i]);
            pbuf_ref(batch[i]);
        }
        (void)pthread_barrier_wait(&filled);
        (void)pthread_barrier_wait(&emptied);
    }
    for (unsigned i = 0; i < HOLDERS; ++i) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    assert_int_equal(freed[0] + freed[1], ROUNDS / 40 * BATCH);
    assert_int_equal(free_elements(MEMP_PBUF_POOL), PBUF_POOL_SIZE);
    assert_no_fault();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(references_taken_and_dropped_by_threads_add_up),
        test(the_last_of_several_threads_frees_and_no_other),
    };
    return cmocka_run_group_tests(tests, memory_start, NULL);
}
