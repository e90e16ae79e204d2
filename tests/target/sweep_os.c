/* SPDX-License-Identifier: BSD-3-Clause */
/* sweep_os.c - operations of semaphores, mutexes, mailboxes and threads. */
#include "target/sweep.h"

#include <string.h>

#include "cistern/pool.h"
#include "cistern_bare.h"
#include "lwip/sys.h"

/* Time goes on while no thread has anything to do: the timer is needed for the shots. */
void cistern_bare_idle(void)
{
    cistern_bare_tick();
}

/* --- semaphores ------------------------------------------------------------------------------
 * The interrupt signals once; a thread more urgent than main may wait for that, too. */

static sys_sem_t semaphore;
static sys_sem_t go;
static unsigned shots;
static unsigned woken;

static unsigned units_left(void)
{
    unsigned units = 0;
    while (sys_arch_sem_wait(&semaphore, 1) != SYS_ARCH_TIMEOUT) {
        ++units;
    }
    return units;
}

static void semaphore_prepare(void)
{
    shots = 0;
    woken = 0;
    (void)sys_sem_new(&semaphore, 1);
}

static void semaphore_run(void)
{
    sys_sem_signal(&semaphore);
    (void)sys_sem_wait(&semaphore);
}

static void semaphore_interrupt(void)
{
    ++shots;
    sys_sem_signal(&semaphore);
}

static u32_t waited;

/* A unit that is there, one for which there is time to come, and none. */
static void semaphore_run_times(void)
{
    waited = sys_arch_sem_wait(&semaphore, 3);
    waited = sys_arch_sem_wait(&semaphore, 3);
}

static bool semaphore_times_sound(void)
{
    const unsigned units = units_left();
    const unsigned second = (waited != SYS_ARCH_TIMEOUT) ? 1U : 0U;
    sys_sem_free(&semaphore);
    return units + second == shots;
}

static void semaphore_run_life(void)
{
    sys_sem_t other;
    (void)sys_sem_new(&other, 3);
    (void)sys_sem_valid(&other);
    sys_sem_free(&other);
}

static bool semaphore_sound(void)
{
    const unsigned units = units_left();
    sys_sem_free(&semaphore);
    return units == 1 + shots && !sys_sem_valid(&semaphore);
}

/* Waits for the one unit that the interrupt brings; main's last resort is the shot itself, since
 * main goes on waiting with the timer armed. */
static void waiter(void *argument)
{
    (void)argument;
    (void)sys_sem_wait(&semaphore);
    ++woken;
    sys_sem_signal(&go);
}

static void waiter_prepare(void)
{
    semaphore_prepare();
    (void)sys_sem_wait(&semaphore);
    (void)sys_sem_new(&go, 0);
    (void)sys_thread_new("waiter", waiter, NULL, 0, 1);
}

static bool waiter_sound(void)
{
    const unsigned units = units_left();
    const bool right = woken == 1 && units == shots && sys_arch_sem_wait(&go, 1) == 0;
    sys_sem_free(&semaphore);
    sys_sem_free(&go);
    return right;
}

static void waiter_run(void)
{
    sys_sem_signal(&semaphore);
}

/* --- mutexes and threads: the interrupt wakes a more urgent thread in between ------------------- */

static sys_mutex_t mutex;

static void mutex_prepare(void)
{
    waiter_prepare();
    (void)sys_mutex_new(&mutex);
}

static void mutex_run(void)
{
    sys_mutex_lock(&mutex);
    sys_mutex_unlock(&mutex);
    sys_sem_signal(&semaphore);
}

static bool mutex_sound(void)
{
    sys_mutex_free(&mutex);
    return waiter_sound() && !sys_mutex_valid(&mutex);
}

static void thread_prepare(void)
{
    semaphore_prepare();
    (void)sys_sem_wait(&semaphore);
    (void)sys_sem_new(&go, 0);
}

/* The thread runs at once, as far as it gets; the unit lets it end. */
static void thread_run(void)
{
    (void)sys_thread_new("waiter", waiter, NULL, 0, 1);
    sys_sem_signal(&semaphore);
}

static void sleep_run(void)
{
    sys_msleep(2);
    sys_sem_signal(&semaphore);
}

/* --- mailboxes -------------------------------------------------------------------------------
 * Main posts and fetches; the interrupt posts 'i'. */

#define PLACES 4

static sys_mbox_t mailbox;
static char letters[PLACES];
static void *first;
static void *second;
static unsigned refused;

static void mailbox_prepare(void)
{
    shots = 0;
    refused = 0;
    (void)sys_mbox_new(&mailbox, PLACES);
    (void)sys_mbox_trypost(&mailbox, &letters[0]);
}

static void mailbox_run(void)
{
    (void)sys_mbox_trypost(&mailbox, &letters[1]);
    (void)sys_arch_mbox_fetch(&mailbox, &first, 0);
    sys_mbox_post(&mailbox, &letters[2]);
    (void)sys_arch_mbox_tryfetch(&mailbox, &second);
}

static void mailbox_interrupt(void)
{
    ++shots;
    refused += (sys_mbox_trypost_fromisr(&mailbox, NULL) == ERR_OK) ? 0U : 1U;
}

/* Every message comes out once, those of main in order: letter 0 first, 1 before 2. */
static bool mailbox_sound(void)
{
    unsigned nulls = (second == NULL) ? 1U : 0U;
    unsigned next = (second == NULL) ? 1U : 2U;
    bool ordered = first == &letters[0] && (second == NULL || second == &letters[1]);
    void *msg;
    while (sys_arch_mbox_tryfetch(&mailbox, &msg) == 0) {
        ordered = ordered && (msg == NULL || msg == &letters[next]);
        next += (msg != NULL) ? 1U : 0U;
        nulls += (msg == NULL) ? 1U : 0U;
    }
    sys_mbox_free(&mailbox);
    return ordered && next == 3 && nulls == shots && refused == 0;
}

/* A message that comes in time, or none. */
static void mailbox_empty(void)
{
    mailbox_prepare();
    waited = SYS_ARCH_TIMEOUT;
    (void)sys_arch_mbox_tryfetch(&mailbox, NULL);
}

static void mailbox_run_times(void)
{
    waited = sys_arch_mbox_fetch(&mailbox, &first, 3);
}

static bool mailbox_times_sound(void)
{
    unsigned messages = (waited != SYS_ARCH_TIMEOUT) ? 1U : 0U;
    while (sys_arch_mbox_tryfetch(&mailbox, NULL) == 0) {
        ++messages;
    }
    sys_mbox_free(&mailbox);
    return messages == shots && refused == 0;
}

static void mailbox_run_life(void)
{
    sys_mbox_t other;
    (void)sys_mbox_new(&other, 2);
    (void)sys_mbox_valid(&other);
    sys_mbox_free(&other);
}

/* --- a mailbox of one place, which is full: main waits to post -----------------------------------
 * The interrupt fetches; so does a thread, a while later, since the interrupt may come too late. */

static sys_mbox_t narrow;
static unsigned char seen[PLACES];

static void take_one(void)
{
    void *msg = NULL;
    if (sys_arch_mbox_tryfetch(&narrow, &msg) == 0) {
        ++seen[(char *)msg - letters];
    }
}

static void take_later(void *argument)
{
    (void)argument;
    sys_msleep(2);
    take_one();
    sys_sem_signal(&go);
}

static void narrow_prepare(void)
{
    memset(seen, 0, sizeof seen);
    semaphore_prepare();
    (void)sys_sem_new(&go, 0);
    (void)sys_mbox_new(&narrow, 1);
    (void)sys_mbox_trypost(&narrow, &letters[0]);
    (void)sys_thread_new("takes", take_later, NULL, 0, 1);
}

static void narrow_run(void)
{
    shots = (sys_mbox_trypost(&narrow, &letters[1]) == ERR_OK) ? 1U : 0U;
    sys_mbox_post(&narrow, &letters[2]);
    (void)sys_sem_wait(&go);
}

/* Each letter that was posted comes out once. */
static bool narrow_sound(void)
{
    take_one();
    take_one();
    const bool right = seen[0] == 1 && seen[1] == shots && seen[2] == 1;
    sys_mbox_free(&narrow);
    sys_sem_free(&semaphore);
    sys_sem_free(&go);
    return right && !sys_mbox_valid(&narrow);
}

/* --- all of them ------------------------------------------------------------------------------ */

const operation_t sweep_os[] = {
    {"semaphore signal, wait", semaphore_prepare, semaphore_run, semaphore_interrupt,
     semaphore_sound},
    {"semaphore waits in time", semaphore_prepare, semaphore_run_times, semaphore_interrupt,
     semaphore_times_sound},
    {"semaphore new, free", semaphore_prepare, semaphore_run_life, semaphore_interrupt,
     semaphore_sound},
    {"semaphore wakes", waiter_prepare, waiter_run, semaphore_interrupt, waiter_sound},
    {"mutex lock, unlock", mutex_prepare, mutex_run, semaphore_interrupt, mutex_sound},
    {"thread new, end", thread_prepare, thread_run, semaphore_interrupt, waiter_sound},
    {"msleep", waiter_prepare, sleep_run, semaphore_interrupt, waiter_sound},
    {"mailbox", mailbox_prepare, mailbox_run, mailbox_interrupt, mailbox_sound},
    {"mailbox fetches in time", mailbox_empty, mailbox_run_times, mailbox_interrupt,
     mailbox_times_sound},
    {"mailbox new, free", mailbox_empty, mailbox_run_life, mailbox_interrupt, mailbox_times_sound},
    {"mailbox waits to post", narrow_prepare, narrow_run, take_one, narrow_sound},
};
const size_t sweep_os_count = sizeof sweep_os / sizeof sweep_os[0];
