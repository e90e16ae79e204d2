/* SPDX-License-Identifier: BSD-3-Clause */
/* Four threads post to one mailbox and four fetch from it: every message arrives once, those of one
 * poster in their order.
 *
 * usage: mailbox_race_test [messages]      100000 when left out */
#include <stdlib.h>

#include "support.h"

#include "lwip/sys.h"

#define POSTERS  4
#define FETCHERS 4

/* A message is the address of its byte here; the byte counts how often it came. */
static unsigned char *received;
static size_t messages = 100000;
static size_t per_poster;

static sys_mbox_t mbox;
static sys_sem_t ended;

/* What one fetcher saw wrong. Read after it ended. */
static unsigned long out_of_order[FETCHERS];

static void post_all(void *argument)
{
    const size_t poster = (size_t)(uintptr_t)argument;
    for (size_t i = 0; i < per_poster; ++i) {
        sys_mbox_post(&mbox, &received[poster * per_poster + i]);
    }
    sys_sem_signal(&ended);
}

/* Until the NULL message that ends it. Who fetches sees the messages of each poster ascend. */
static void fetch_all(void *argument)
{
    const size_t fetcher = (size_t)(uintptr_t)argument;
    unsigned char *last[POSTERS] = {NULL};
    void *msg = NULL;
    for (;;) {
        (void)sys_arch_mbox_fetch(&mbox, &msg, 0);
        if (msg == NULL) {
            break;
        }
        unsigned char *const byte = msg;
        const size_t poster = (size_t)(byte - received) / per_poster;
        out_of_order[fetcher] += (last[poster] != NULL && byte <= last[poster]) ? 1U : 0U;
        last[poster] = byte;
        ++*byte;
    }
    sys_sem_signal(&ended);
}

static void wait_for_ends(unsigned count)
{
    for (unsigned i = 0; i < count; ++i) {
        (void)sys_arch_sem_wait(&ended, 0);
    }
}

static void run(int size)
{
    memset(received, 0, messages);
    memset(out_of_order, 0, sizeof out_of_order);
    assert_int_equal(sys_mbox_new(&mbox, size), ERR_OK);
    assert_int_equal(sys_sem_new(&ended, 0), ERR_OK);
    for (uintptr_t i = 0; i < FETCHERS; ++i) {
        (void)sys_thread_new("fetch", fetch_all, (void *)i, 0, 0);
    }
    for (uintptr_t i = 0; i < POSTERS; ++i) {
        (void)sys_thread_new("post", post_all, (void *)i, 0, 0);
    }
    wait_for_ends(POSTERS);
    for (unsigned i = 0; i < FETCHERS; ++i) {
        sys_mbox_post(&mbox, NULL);
    }
    wait_for_ends(FETCHERS);
    sys_mbox_free(&mbox);
    sys_sem_free(&ended);
}

static void check_all_came_once(void)
{
    for (unsigned i = 0; i < FETCHERS; ++i) {
        assert_int_equal(out_of_order[i], 0);
    }
    for (size_t i = 0; i < messages; ++i) {
        assert_int_equal(received[i], 1);
    }
    assert_no_fault();
}

static void mailbox_loses_doubles_and_reorders_nothing(void **state)
{
    (void)state;
    run(64);
    check_all_came_once();
}

static void mailbox_of_one_place_loses_doubles_and_reorders_nothing(void **state)
{
    (void)state;
    const size_t all = messages;
    messages = all / 10;
    per_poster = messages / POSTERS;
    run(1);
    check_all_came_once();
    messages = all;
    per_poster = messages / POSTERS;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        test(mailbox_loses_doubles_and_reorders_nothing),
        test(mailbox_of_one_place_loses_doubles_and_reorders_nothing),
    };
    if (argc > 1) {
        messages = strtoul(argv[1], NULL, 10);
    }
    messages -= messages % (10 * POSTERS);
    per_poster = messages / POSTERS;
    received = malloc(messages + 1);
    const int failed = (received != NULL) ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
    free(received);
    return failed;
}
