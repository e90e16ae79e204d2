/* SPDX-License-Identifier: BSD-3-Clause */
/* main.c - mailboxes between two threads: with this library's port and with lwIP's.
 * Prints "case<TAB>value": nanoseconds, processor time, switches. Waiting on a bare condition variable is the last case. Arguments:
 * messages of the stream, rounds there and back, runs of which the best counts. */
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include "lwip/sys.h"
#include "usage.h"

#define SIZE 128 /* what lwIP's port gives whatever was asked for */

static unsigned messages = 1000000;
static unsigned rounds = 50000;
static unsigned runs = 3;

static sys_mbox_t there;
static sys_mbox_t back;

static void run_beside(void *(*other)(void *argument), void (*here)(void))
{
    pthread_t thread;
    (void)pthread_create(&thread, NULL, other, NULL);
    here();
    (void)pthread_join(thread, NULL);
}

/* The run that took least. */
static void report(const char *name, unsigned count, void *(*other)(void *argument),
                   void (*here)(void))
{
    usage_t least = {.ns = 1e18};
    for (unsigned run = 0; run < runs; ++run) {
        const usage_t before = usage_now();
        run_beside(other, here);
        const usage_t each = usage_each(before, count);
        least = (each.ns < least.ns) ? each : least;
    }
    usage_print(name, least);
}

/* --- a stream of messages --------------------------------------------------------------------- */

static void *post_all(void *argument)
{
    for (uintptr_t i = 1; i <= messages; ++i) {
        sys_mbox_post(&there, (void *)i); /* NULL is no message to lwIP's port */
    }
    return argument;
}

static void fetch_all(void)
{
    void *message;
    for (unsigned i = 0; i < messages; ++i) {
        (void)sys_arch_mbox_fetch(&there, &message, 0);
    }
}

/* --- there and back --------------------------------------------------------------------------- */

static void *answer(void *argument)
{
    void *message;
    for (unsigned i = 0; i < rounds; ++i) {
        (void)sys_arch_mbox_fetch(&there, &message, 0);
        sys_mbox_post(&back, message);
    }
    return argument;
}

static void ask(void)
{
    void *message;
    for (unsigned i = 0; i < rounds; ++i) {
        sys_mbox_post(&there, &there);
        (void)sys_arch_mbox_fetch(&back, &message, 0);
    }
}

/* --- the same with nothing but a condition variable ------------------------------------------- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed[2] = {PTHREAD_COND_INITIALIZER, PTHREAD_COND_INITIALIZER};
static unsigned turn;

static void pass_to(unsigned side)
{
    (void)pthread_mutex_lock(&lock);
    turn = side;
    (void)pthread_cond_signal(&changed[side]);
    (void)pthread_mutex_unlock(&lock);
}

static void await(unsigned side)
{
    (void)pthread_mutex_lock(&lock);
    while (turn != side) {
        (void)pthread_cond_wait(&changed[side], &lock);
    }
    (void)pthread_mutex_unlock(&lock);
}

static void *answer_turns(void *argument)
{
    for (unsigned i = 0; i < rounds; ++i) {
        await(1);
        pass_to(0);
    }
    return argument;
}

static void ask_turns(void)
{
    for (unsigned i = 0; i < rounds; ++i) {
        pass_to(1);
        await(0);
    }
}

static unsigned argument_or(char **argument, unsigned otherwise)
{
    return (*argument != NULL) ? (unsigned)strtoul(*argument, NULL, 10) : otherwise;
}

int main(int argc, char **argv)
{
    char *none[3] = {NULL, NULL, NULL};
    char **const arguments = (argc > 3) ? argv + 1 : none;
    messages = argument_or(&arguments[0], messages);
    rounds = argument_or(&arguments[1], rounds);
    runs = argument_or(&arguments[2], runs);
    (void)sys_mbox_new(&there, SIZE);
    (void)sys_mbox_new(&back, SIZE);
    report("post and fetch, two threads", messages, post_all, fetch_all);
    report("there and back, two threads", rounds, answer, ask);
    report("there and back, bare condition variable", rounds, answer_turns, ask_turns);
    return 0;
}
