/* SPDX-License-Identifier: BSD-3-Clause */
/* Threads that record into one ring while another drains it: no event is torn, lost or counted twice. */
#include "support.h"

#include <pthread.h>
#include <stdatomic.h>

#include "cistern/trace.h"

enum { THREADS = 4, EVENTS = 50000, BATCH_HEAD = 16 };

static atomic_bool finished;
static uint32_t next_number; /* of the batch that comes next */
static uint32_t drained;
static uint32_t lost;

static void *record(void *argument)
{
    static const char objects[THREADS] = {0};
    const char *const object = &objects[*(const unsigned *)argument];
    for (size_t i = 0; i < EVENTS; ++i) {
        cistern_trace_event(object, object, i << CISTERN_TRACE_KIND_BITS | CISTERN_TRACE_GET,
                            object);
    }
    return NULL;
}

/* A batch comes in one piece: head, first number, events, lost. */
static bool count(void *context, const void *bytes, size_t length)
{
    const uint8_t *const byte = bytes;
    uint32_t prefix[3];
    (void)context;
    if (length > BATCH_HEAD + sizeof prefix && byte[4] == 'E') {
        memcpy(prefix, byte + BATCH_HEAD, sizeof prefix);
        assert_int_equal(prefix[0], next_number);
        next_number += prefix[1];
        drained += prefix[1];
        assert_true(prefix[2] >= lost);
        lost = prefix[2];
    }
    return true;
}

static void *drain(void *argument)
{
    while (!atomic_load(&finished)) {
        (void)cistern_trace_drain(count, NULL);
    }
    return argument;
}

static void events_of_all_threads_are_drained_or_counted_as_lost(void **state)
{
    (void)state;
    pthread_t producers[THREADS];
    pthread_t consumer;
    unsigned numbers[THREADS];
    cistern_trace_start();
    assert_int_equal(pthread_create(&consumer, NULL, drain, NULL), 0);
    for (unsigned i = 0; i < THREADS; ++i) {
        numbers[i] = i;
        assert_int_equal(pthread_create(&producers[i], NULL, record, &numbers[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; ++i) {
        assert_int_equal(pthread_join(producers[i], NULL), 0);
    }
    atomic_store(&finished, true);
    assert_int_equal(pthread_join(consumer, NULL), 0);
    assert_true(cistern_trace_drain(count, NULL));
    assert_true(drained > 0);
    assert_int_equal(drained + cistern_trace_lost(), THREADS * EVENTS);
    cistern_trace_stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_of_all_threads_are_drained_or_counted_as_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
