/* SPDX-License-Identifier: BSD-3-Clause */
/* suite_mailbox.c - mailboxes. */
#include "suite.h"

static char things[256]; /* their addresses are the messages */

static sys_mbox_t new_mailbox(int size)
{
    sys_mbox_t mbox;
    require(sys_mbox_new(&mbox, size) == ERR_OK);
    return mbox;
}

/* How many messages it takes. They are fetched again. */
static int capacity(sys_mbox_t *mbox)
{
    int count = 0;
    while (count < 10000 && sys_mbox_trypost(mbox, things) == ERR_OK) {
        ++count;
    }
    for (int i = 0; i < count; ++i) {
        require(sys_arch_mbox_tryfetch(mbox, NULL) == 0);
    }
    return count;
}

/* The next message, which must be there. */
static void *next(sys_mbox_t *mbox)
{
    void *msg = NULL;
    require(sys_arch_mbox_tryfetch(mbox, &msg) == 0);
    return msg;
}

/* --- messages --------------------------------------------------------------------------------- */

void mailbox_holds_exactly_the_size_asked_for(void)
{
    static const int sizes[] = {1, 2, 3, 4, 7, 8, 100};
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; ++i) {
        sys_mbox_t mbox = new_mailbox(sizes[i]);
        const u32_t errors = stat_of(&lwip_stats.sys.mbox.err);
        require(capacity(&mbox) == sizes[i]);
        require(capacity(&mbox) == sizes[i]);
        require(stat_of(&lwip_stats.sys.mbox.err) == errors + 2);
        sys_mbox_free(&mbox);
    }
    require(sys_mbox_new(NULL, 1) == ERR_ARG);
    require(faults_taken() == 0);
}

void mailbox_of_no_size_has_the_default_size(void)
{
    for (int size = -1; size <= 0; ++size) {
        sys_mbox_t mbox = new_mailbox(size);
        require(capacity(&mbox) == SUITE_MBOX_DEFAULT);
        sys_mbox_free(&mbox);
    }
}

void mailbox_delivers_in_order_round_and_round(void)
{
    sys_mbox_t mbox = new_mailbox(3);
    unsigned posted = 0;
    unsigned fetched = 0;
    for (unsigned round = 0; round < 50; ++round) {
        for (unsigned i = 0; i <= round % 3; ++i) {
            require(sys_mbox_trypost(&mbox, &things[posted++]) == ERR_OK);
        }
        while (fetched < posted) {
            require(next(&mbox) == &things[fetched++]);
        }
    }
    sys_mbox_free(&mbox);
}

void mailbox_delivers_NULL_as_a_message(void)
{
    sys_mbox_t mbox = new_mailbox(2);
    void *msg = things;
    sys_mbox_post(&mbox, NULL);
    require(sys_mbox_trypost(&mbox, NULL) == ERR_OK);
    require(sys_arch_mbox_fetch(&mbox, &msg, 1) != SYS_ARCH_TIMEOUT);
    require(msg == NULL);
    msg = things;
    require(sys_arch_mbox_tryfetch(&mbox, &msg) != SYS_MBOX_EMPTY);
    require(msg == NULL);
    require(sys_arch_mbox_tryfetch(&mbox, &msg) == SYS_MBOX_EMPTY);
    sys_mbox_free(&mbox);
}

void mailbox_fetch_without_a_place_for_it_drops_the_message(void)
{
    sys_mbox_t mbox = new_mailbox(3);
    for (unsigned i = 0; i < 3; ++i) {
        sys_mbox_post(&mbox, &things[i]);
    }
    require(sys_arch_mbox_fetch(&mbox, NULL, 0) != SYS_ARCH_TIMEOUT);
    require(sys_arch_mbox_tryfetch(&mbox, NULL) == 0);
    require(next(&mbox) == &things[2]);
    sys_mbox_free(&mbox);
}

void mailbox_tryfetch_of_an_empty_one_says_so(void)
{
    sys_mbox_t mbox = new_mailbox(3);
    void *msg = things;
    require(sys_arch_mbox_tryfetch(&mbox, &msg) == SYS_MBOX_EMPTY);
    require(msg == NULL);
    require(sys_arch_mbox_tryfetch(&mbox, NULL) == SYS_MBOX_EMPTY);
    sys_mbox_free(&mbox);
}

/* --- waiting ---------------------------------------------------------------------------------- */

void mailbox_fetch_times_out_after_its_timeout_and_not_before(void)
{
    sys_mbox_t mbox = new_mailbox(1);
    void *msg = things;
    const u32_t start = sys_now();
    require(sys_arch_mbox_fetch(&mbox, &msg, 60) == SYS_ARCH_TIMEOUT);
    require(sys_now() - start >= 60);
    require(msg == NULL);
    sys_mbox_post(&mbox, things);
    require(next(&mbox) == things);
    sys_mbox_free(&mbox);
}

typedef struct fetcher {
    sys_mbox_t *mbox;
    void *msg;
    u32_t timeout;
    u32_t result;
} fetcher_t;

static void fetch_one(void *argument)
{
    fetcher_t *const fetcher = argument;
    fetcher->result = sys_arch_mbox_fetch(fetcher->mbox, &fetcher->msg, fetcher->timeout);
}

void mailbox_fetch_is_woken_by_a_post(void)
{
    static const u32_t timeouts[] = {0, SUITE_PATIENCE_MS};
    sys_mbox_t mbox = new_mailbox(1);
    for (unsigned i = 0; i < 2; ++i) {
        fetcher_t fetcher = {.mbox = &mbox, .timeout = timeouts[i]};
        task_t task;
        task_start_and_block(&task, fetch_one, &fetcher);
        sys_mbox_post(&mbox, &things[i]);
        task_join(&task);
        require(fetcher.result != SYS_ARCH_TIMEOUT);
        require(fetcher.msg == &things[i]);
    }
    sys_mbox_free(&mbox);
}

typedef struct poster {
    sys_mbox_t *mbox;
    void *msg;
} poster_t;

static void post_one(void *argument)
{
    const poster_t *const poster = argument;
    sys_mbox_post(poster->mbox, poster->msg);
}

void mailbox_post_waits_for_a_free_place(void)
{
    sys_mbox_t mbox = new_mailbox(1);
    poster_t poster = {&mbox, &things[1]};
    task_t task;
    sys_mbox_post(&mbox, &things[0]);
    task_start_and_block(&task, post_one, &poster);
    require(!task_has_ended(&task));
    require(next(&mbox) == &things[0]);
    task_join(&task);
    require(next(&mbox) == &things[1]);
    sys_mbox_free(&mbox);
}

#define CROWD 5

void mailbox_serves_blocked_posters_in_the_order_they_came(void)
{
    sys_mbox_t mbox = new_mailbox(1);
    poster_t posters[CROWD];
    task_t tasks[CROWD];
    sys_mbox_post(&mbox, &things[CROWD]);
    for (unsigned i = 0; i < CROWD; ++i) {
        posters[i] = (poster_t){&mbox, &things[i]};
        task_start_and_block(&tasks[i], post_one, &posters[i]);
    }
    require(sys_mbox_trypost(&mbox, things) == ERR_MEM);
    require(next(&mbox) == &things[CROWD]);
    for (unsigned i = 0; i < CROWD; ++i) {
        task_join(&tasks[i]);
        require(next(&mbox) == &things[i]);
    }
    sys_mbox_free(&mbox);
}

void mailbox_serves_blocked_fetchers_in_the_order_they_came(void)
{
    sys_mbox_t mbox = new_mailbox(CROWD);
    fetcher_t fetchers[CROWD];
    task_t tasks[CROWD];
    for (unsigned i = 0; i < CROWD; ++i) {
        fetchers[i] = (fetcher_t){.mbox = &mbox};
        task_start_and_block(&tasks[i], fetch_one, &fetchers[i]);
    }
    for (unsigned i = 0; i < CROWD; ++i) {
        sys_mbox_post(&mbox, &things[i]);
        task_join(&tasks[i]);
        require(fetchers[i].msg == &things[i]);
    }
    sys_mbox_free(&mbox);
}

typedef struct rounds {
    sys_mbox_t mbox;
    sys_sem_t done; /* one unit for each message that went through */
} rounds_t;

static void fetch_in_rounds(void *argument)
{
    rounds_t *const rounds = argument;
    for (unsigned i = 0; i < SUITE_ROUNDS; ++i) {
        (void)sys_arch_mbox_fetch(&rounds->mbox, NULL, 0);
        sys_sem_signal(&rounds->done);
    }
}

/* Two threads wait, two messages come one right after the other: neither may stay asleep. */
void mailbox_wakes_a_fetcher_for_each_message(void)
{
    rounds_t rounds = {.mbox = new_mailbox(4)};
    task_t tasks[2];
    require(sys_sem_new(&rounds.done, 0) == ERR_OK);
    task_start(&tasks[0], fetch_in_rounds, &rounds);
    task_start(&tasks[1], fetch_in_rounds, &rounds);
    for (unsigned i = 0; i < SUITE_ROUNDS; ++i) {
        sys_mbox_post(&rounds.mbox, things);
        sys_mbox_post(&rounds.mbox, things);
        require(sys_arch_sem_wait(&rounds.done, SUITE_PATIENCE_MS) != SYS_ARCH_TIMEOUT);
        require(sys_arch_sem_wait(&rounds.done, SUITE_PATIENCE_MS) != SYS_ARCH_TIMEOUT);
    }
    task_join(&tasks[0]);
    task_join(&tasks[1]);
    sys_sem_free(&rounds.done);
    sys_mbox_free(&rounds.mbox);
}

/* Two threads post to a mailbox with one place, which is emptied twice. */
void mailbox_wakes_a_poster_for_each_place(void)
{
    sys_mbox_t mbox = new_mailbox(1);
    for (unsigned round = 0; round < SUITE_ROUNDS; ++round) {
        poster_t posters[2] = {{&mbox, &things[0]}, {&mbox, &things[1]}};
        task_t tasks[2];
        task_start(&tasks[0], post_one, &posters[0]);
        task_start(&tasks[1], post_one, &posters[1]);
        require(sys_arch_mbox_fetch(&mbox, NULL, SUITE_PATIENCE_MS) != SYS_ARCH_TIMEOUT);
        require(sys_arch_mbox_fetch(&mbox, NULL, SUITE_PATIENCE_MS) != SYS_ARCH_TIMEOUT);
        task_join(&tasks[0]);
        task_join(&tasks[1]);
    }
    sys_mbox_free(&mbox);
}

/* --- interrupts ------------------------------------------------------------------------------- */

typedef struct interrupt_post {
    sys_mbox_t *mbox;
    void *msg;
    err_t result;
} interrupt_post_t;

static void post_from_interrupt(void *argument)
{
    interrupt_post_t *const post = argument;
    post->result = sys_mbox_trypost_fromisr(post->mbox, post->msg);
}

void mailbox_takes_messages_from_interrupts(void)
{
    sys_mbox_t mbox = new_mailbox(1);
    fetcher_t fetcher = {.mbox = &mbox};
    interrupt_post_t post = {.mbox = &mbox, .msg = &things[7], .result = ERR_VAL};
    task_t task;
    task_start_and_block(&task, fetch_one, &fetcher);
    suite_from_interrupt(post_from_interrupt, &post);
    task_join(&task);
    require(post.result != ERR_MEM && fetcher.msg == &things[7]);

    suite_from_interrupt(post_from_interrupt, &post);
    require(post.result != ERR_MEM);
    suite_from_interrupt(post_from_interrupt, &post);
    require(post.result == ERR_MEM);
    require(next(&mbox) == &things[7]);
    sys_mbox_free(&mbox);
}

/* --- life ------------------------------------------------------------------------------------- */

void mailbox_with_messages_is_not_freed(void)
{
    sys_mbox_t mbox = new_mailbox(2);
    const u32_t errors = stat_of(&lwip_stats.sys.mbox.err);
    sys_mbox_post(&mbox, things);
    sys_mbox_free(&mbox);
    require(faults_taken() == 1);
    require(stat_of(&lwip_stats.sys.mbox.err) == errors + 1);
    require(next(&mbox) == things);
    sys_mbox_free(&mbox);
    require(faults_taken() == 0);
}

void mailbox_with_a_waiter_is_not_freed(void)
{
    sys_mbox_t mbox = new_mailbox(1);
    fetcher_t fetcher = {.mbox = &mbox};
    task_t task;
    task_start_and_block(&task, fetch_one, &fetcher);
    sys_mbox_free(&mbox);
    require(faults_taken() == 1);
    sys_mbox_post(&mbox, things);
    task_join(&task);
    require(fetcher.msg == things);
    sys_mbox_free(&mbox);
    require(faults_taken() == 0);
}

void mailbox_that_was_freed_is_refused(void)
{
    sys_mbox_t mbox = new_mailbox(1);
    sys_mbox_t old = mbox;
    sys_mbox_free(&mbox);
    sys_mbox_t live = new_mailbox(1);
    void *msg = things;

    require(!sys_mbox_valid(&old));
    sys_mbox_post(&old, things);
    require(faults_taken() == 1);
    require(sys_mbox_trypost(&old, things) == ERR_ARG);
    require(faults_taken() == 1);
    require(sys_arch_mbox_fetch(&old, &msg, 0) == SYS_ARCH_TIMEOUT && msg == NULL);
    require(faults_taken() == 1);
    require(sys_arch_mbox_tryfetch(&old, NULL) == SYS_MBOX_EMPTY);
    require(faults_taken() == 1);
    sys_mbox_free(&old);
    require(faults_taken() == 1);

    require(sys_arch_mbox_tryfetch(&live, NULL) == SYS_MBOX_EMPTY);
    sys_mbox_free(&live);
    require(faults_taken() == 0);
}

void mailbox_is_valid_from_new_to_set_invalid(void)
{
    sys_mbox_t mbox = new_mailbox(1);
    sys_mbox_t same = mbox;
    require(sys_mbox_valid(&mbox) && sys_mbox_valid_val(mbox));
    sys_mbox_set_invalid(&mbox);
    sys_mbox_set_invalid(NULL);
    require(!sys_mbox_valid(&mbox));
    sys_mbox_free(&same);
    sys_mbox_set_invalid_val(same);
    require(!sys_mbox_valid_val(same));
    require(faults_taken() == 0);
    sys_mbox_t nothing = SYS_MBOX_NULL;
    require(!sys_mbox_valid(&nothing));
}

void mailboxes_run_out_with_ERR_MEM_and_are_counted(void)
{
    static sys_mbox_t all[SUITE_MOST_OBJECTS];
    const struct stats_syselem *const stats = &lwip_stats.sys.mbox;
    const u32_t used = stat_of(&stats->used);
    const u32_t errors = stat_of(&stats->err);
    unsigned made = 0;
    err_t error = ERR_OK;
    while (made < SUITE_MOST_OBJECTS && (error = sys_mbox_new(&all[made], 1)) == ERR_OK) {
        ++made;
    }
    require(made > 0 && made < SUITE_MOST_OBJECTS && error == ERR_MEM);
    require(!sys_mbox_valid(&all[made]));
    require(stat_of(&stats->used) == used + made);
    require(stat_of(&stats->max) == used + made);
    require(stat_of(&stats->err) == errors + 1);
    for (unsigned i = 0; i < made; ++i) {
        sys_mbox_free(&all[i]);
    }
    require(stat_of(&stats->used) == used);
    require(faults_taken() == 0);
}
