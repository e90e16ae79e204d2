/* port.c - an example of a port, as docs/porting.md has it written in an hour: the functions behind
 * ports/template for a system with threads, a lock and a condition to wait for. Here these are
 * pthreads, so that it runs on a host; whatever your system calls them goes in their place.
 *
 * It is as simple as a right port can be: one lock for all objects, and one condition, told of
 * every change. A semaphore is a line of threads that wait for units; a mailbox is two lines, one
 * for places and one for messages, and a ring. Who came first is served first.
 *
 * Rules that hold whenever the lock is free:
 *   R1  in use are the slots whose name is not 0; a name is given once and never again
 *   R2  messages.units of a mailbox are in its ring, from `first` on; places.units more fit
 */
#define _GNU_SOURCE 1
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "arch/cistern_port.h"
#include "cistern/fault.h"
#include "lwip/stats.h"
#include "lwip/sys.h"

/* --- what arch/cc.h calls ----------------------------------------------------------------------
 */

void board_printf(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vprintf(format, arguments);
    va_end(arguments);
}

void board_panic(const char *message, const char *file, int line)
{
    board_printf("%s:%d: %s\n", file, line, message);
    (void)fflush(stdout);
    abort();
}

uint32_t board_random(void)
{
    return (uint32_t)random(); /* a product uses the chip's generator */
}

void cistern_port_fault(const cistern_fault_t *fault)
{
    board_printf("fault: %s: %s: %s\n", cistern_fault_text(fault->kind),
                 (fault->name != NULL) ? fault->name : "-",
                 (fault->owner != NULL) ? fault->owner : "-");
}

/* --- the critical section: no interrupts here, so a lock that nests ----------------------------
 */

static pthread_mutex_t section = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

uint32_t board_mask_interrupts(void)
{
    (void)pthread_mutex_lock(&section);
    return 0; /* the lock itself knows how deep it is */
}

void board_restore_interrupts(uint32_t mask)
{
    (void)mask;
    (void)pthread_mutex_unlock(&section);
}

sys_prot_t sys_arch_protect(void)
{
    return cistern_critical_enter();
}

void sys_arch_unprotect(sys_prot_t before)
{
    cistern_critical_leave(before);
}

/* --- time ---------------------------------------------------------------------------------------
 */

static u64_t nanoseconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (u64_t)now.tv_sec * 1000000000U + (u64_t)now.tv_nsec;
}

u32_t sys_now(void)
{
    return (u32_t)(nanoseconds() / 1000000U);
}

u32_t sys_jiffies(void)
{
    return sys_now();
}

void sys_msleep(u32_t ms)
{
    const u64_t end = nanoseconds() + (u64_t)ms * 1000000U;
    const struct timespec time = {.tv_sec = (time_t)(end / 1000000000U),
                                  .tv_nsec = (long)(end % 1000000000U)};
    while (ms != 0 && clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == EINTR) {
    } /* the end is absolute: a signal on the way makes the sleep neither shorter nor longer */
}

/* --- lines --------------------------------------------------------------------------------------
 */

typedef struct waiter {
    struct waiter *next;
} waiter_t;

typedef struct line {
    u32_t units;     /* there for the taking */
    waiter_t *first; /* has waited longest */
} line_t;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned waiting; /* threads on all lines */
static pthread_cond_t changed;

static void init_changed(void)
{
    pthread_condattr_t attributes;
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&changed, &attributes);
    (void)pthread_condattr_destroy(&attributes);
}

void sys_init(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, init_changed);
}

static void add_unit(line_t *line)
{
    ++line->units;
    (void)pthread_cond_broadcast(&changed);
}

static bool take_unit(line_t *line)
{
    const bool mine = line->units > 0 && line->first == NULL;
    line->units -= mine ? 1U : 0U;
    return mine;
}

/* Waits for a change; false iff the deadline, 0 for none, has passed. */
static bool wait_for_change(u64_t deadline)
{
    if (deadline == 0) {
        (void)pthread_cond_wait(&changed, &lock);
        return true;
    }
    const struct timespec time = {.tv_sec = (time_t)(deadline / 1000000000U),
                                  .tv_nsec = (long)(deadline % 1000000000U)};
    return pthread_cond_timedwait(&changed, &lock, &time) == 0 || nanoseconds() < deadline;
}

static waiter_t **end_of(line_t *line, const waiter_t *stop)
{
    waiter_t **link = &line->first;
    while (*link != stop) {
        link = &(*link)->next;
    }
    return link;
}

/* Takes a unit in turn. One deadline, computed once. The milliseconds waited, or SYS_ARCH_TIMEOUT.
 */
static u32_t wait_for_unit(line_t *line, u32_t ms)
{
    const u64_t start = nanoseconds();
    const u64_t deadline = (ms != 0) ? start + (u64_t)ms * 1000000U : 0;
    waiter_t me = {.next = NULL};
    bool in_time = true;
    *end_of(line, NULL) = &me;
    ++waiting;
    while (in_time && (line->units == 0 || line->first != &me)) {
        in_time = wait_for_change(deadline);
    }
    const bool mine = line->units > 0 && line->first == &me;
    *end_of(line, &me) = me.next;
    --waiting;
    line->units -= mine ? 1U : 0U;
    (void)pthread_cond_broadcast(&changed); /* for who is first now */
    return mine ? (u32_t)((nanoseconds() - start) / 1000000U) : SYS_ARCH_TIMEOUT;
}

/* For the conformance suite, which starts a thread and goes on when it waits. */
unsigned board_waiting(void)
{
    (void)pthread_mutex_lock(&lock);
    const unsigned now = waiting;
    (void)pthread_mutex_unlock(&lock);
    return now;
}

/* --- objects ------------------------------------------------------------------------------------
 */

#define OBJECTS       64U
#define MOST_MESSAGES 128U

typedef struct object {
    u32_t name;   /* 0: not in use */
    u32_t uses;   /* so far */
    line_t units; /* of a semaphore; messages of a mailbox */
    line_t places;
    void *ring[MOST_MESSAGES];
    u32_t size;
    u32_t first;
    u32_t next;
} object_t;

typedef struct table {
    object_t objects[OBJECTS];
    const char *kind;
    struct stats_syselem *stats;
} table_t;

static table_t semaphores = {.kind = "semaphore", .stats = &lwip_stats.sys.sem};
static table_t mailboxes = {.kind = "mailbox", .stats = &lwip_stats.sys.mbox};

/* After the lock was left: a handler may call the library. */
static void refuse(const table_t *table, const u32_t *name, const char *reason)
{
    const cistern_fault_t fault = {.kind = CISTERN_FAULT_ARGUMENT,
                                   .object = name,
                                   .address = name,
                                   .name = table->kind,
                                   .owner = reason};
    cistern_fault_raise(&fault);
}

static void count(table_t *table, int used, int errors)
{
    struct stats_syselem *const stats = table->stats;
    const sys_prot_t before = sys_arch_protect();
    stats->used = (STAT_COUNTER)(stats->used + (STAT_COUNTER)used);
    stats->max = (stats->used > stats->max) ? stats->used : stats->max;
    stats->err = (STAT_COUNTER)(stats->err + (STAT_COUNTER)errors);
    sys_arch_unprotect(before);
}

/* The live object of a name, with the lock; or NULL, without it. */
static object_t *find(table_t *table, const u32_t *name)
{
    if (name == NULL || *name == 0) {
        return NULL;
    }
    object_t *const object = &table->objects[*name % OBJECTS];
    (void)pthread_mutex_lock(&lock);
    if (object->name == *name) {
        return object;
    }
    (void)pthread_mutex_unlock(&lock);
    return NULL;
}

static object_t *find_or_refuse(table_t *table, const u32_t *name)
{
    object_t *const object = find(table, name);
    if (object == NULL) {
        refuse(table, name, "a name of no live object");
    }
    return object;
}

static err_t new_object(table_t *table, u32_t *name, u32_t units, u32_t places)
{
    u32_t slot = 0;
    sys_init();
    (void)pthread_mutex_lock(&lock);
    while (slot < OBJECTS && table->objects[slot].name != 0) {
        ++slot;
    }
    *name = 0;
    if (slot < OBJECTS) {
        object_t *const object = &table->objects[slot];
        *name = ++object->uses * OBJECTS + slot; /* R1: for 2^26 uses of a slot */
        *object = (object_t){.name = *name,
                             .uses = object->uses,
                             .units = {.units = units},
                             .places = {.units = places},
                             .size = places};
    }
    (void)pthread_mutex_unlock(&lock);
    count(table, (*name != 0) ? 1 : 0, (*name != 0) ? 0 : 1);
    return (*name != 0) ? ERR_OK : ERR_MEM;
}

/* Refused while somebody waits or messages are inside. */
static void free_object(table_t *table, const u32_t *name, bool may_have_units)
{
    object_t *const object = find(table, name);
    bool ends = false;
    if (object != NULL) {
        ends = object->units.first == NULL && object->places.first == NULL &&
               (may_have_units || object->units.units == 0);
        object->name = ends ? 0 : *name;
        (void)pthread_mutex_unlock(&lock);
    }
    count(table, ends ? -1 : 0, ends ? 0 : 1);
    if (!ends) {
        refuse(table, name,
               (object != NULL) ? "refused free: it is in use" : "a name of no live object");
    }
}

static int is_valid(table_t *table, const u32_t *name)
{
    const object_t *const object = find(table, name);
    if (object != NULL) {
        (void)pthread_mutex_unlock(&lock);
    }
    return object != NULL;
}

/* --- semaphores; with LWIP_COMPAT_MUTEX lwip/sys.h makes mutexes of them ------------------------
 */

err_t sys_sem_new(sys_sem_t *sem, u8_t units)
{
    return (sem != NULL) ? new_object(&semaphores, sem, units, 0) : ERR_ARG;
}

void sys_sem_free(sys_sem_t *sem)
{
    free_object(&semaphores, sem, true);
}

int sys_sem_valid(sys_sem_t *sem)
{
    return is_valid(&semaphores, sem);
}

void sys_sem_set_invalid(sys_sem_t *sem)
{
    if (sem != NULL) {
        *sem = 0;
    }
}

void sys_sem_signal(sys_sem_t *sem)
{
    object_t *const object = find_or_refuse(&semaphores, sem);
    if (object != NULL) {
        add_unit(&object->units);
        (void)pthread_mutex_unlock(&lock);
    }
}

u32_t sys_arch_sem_wait(sys_sem_t *sem, u32_t ms)
{
    object_t *const object = find_or_refuse(&semaphores, sem);
    if (object == NULL) {
        return SYS_ARCH_TIMEOUT;
    }
    const u32_t waited = wait_for_unit(&object->units, ms);
    (void)pthread_mutex_unlock(&lock);
    return waited;
}

/* --- mailboxes ----------------------------------------------------------------------------------
 */

err_t sys_mbox_new(sys_mbox_t *mbox, int size)
{
    const u32_t places = (size > 0) ? (u32_t)size : MOST_MESSAGES;
    if (mbox == NULL) {
        return ERR_ARG;
    }
    *mbox = 0;
    return (places <= MOST_MESSAGES) ? new_object(&mailboxes, mbox, 0, places) : ERR_MEM;
}

void sys_mbox_free(sys_mbox_t *mbox)
{
    free_object(&mailboxes, mbox, false);
}

int sys_mbox_valid(sys_mbox_t *mbox)
{
    return is_valid(&mailboxes, mbox);
}

void sys_mbox_set_invalid(sys_mbox_t *mbox)
{
    if (mbox != NULL) {
        *mbox = 0;
    }
}

/* The place is the caller's already. */
static void put(object_t *object, void *msg)
{
    object->ring[object->next] = msg;
    object->next = (object->next + 1U) % object->size;
    add_unit(&object->units);
}

static void get(object_t *object, void **msg)
{
    if (msg != NULL) {
        *msg = object->ring[object->first];
    }
    object->first = (object->first + 1U) % object->size;
    add_unit(&object->places);
}

void sys_mbox_post(sys_mbox_t *mbox, void *msg)
{
    object_t *const object = find_or_refuse(&mailboxes, mbox);
    if (object != NULL) {
        (void)wait_for_unit(&object->places, 0);
        put(object, msg);
        (void)pthread_mutex_unlock(&lock);
    }
}

err_t sys_mbox_trypost(sys_mbox_t *mbox, void *msg)
{
    object_t *const object = find_or_refuse(&mailboxes, mbox);
    if (object == NULL) {
        return ERR_ARG;
    }
    const bool place = take_unit(&object->places);
    if (place) {
        put(object, msg);
    }
    (void)pthread_mutex_unlock(&lock);
    count(&mailboxes, 0, place ? 0 : 1);
    return place ? ERR_OK : ERR_MEM;
}

err_t sys_mbox_trypost_fromisr(sys_mbox_t *mbox, void *msg)
{
    return sys_mbox_trypost(mbox, msg);
}

u32_t sys_arch_mbox_fetch(sys_mbox_t *mbox, void **msg, u32_t ms)
{
    object_t *const object = find_or_refuse(&mailboxes, mbox);
    u32_t waited = SYS_ARCH_TIMEOUT;
    if (msg != NULL) {
        *msg = NULL;
    }
    if (object != NULL) {
        waited = wait_for_unit(&object->units, ms);
        if (waited != SYS_ARCH_TIMEOUT) {
            get(object, msg);
        }
        (void)pthread_mutex_unlock(&lock);
    }
    return waited;
}

u32_t sys_arch_mbox_tryfetch(sys_mbox_t *mbox, void **msg)
{
    object_t *const object = find_or_refuse(&mailboxes, mbox);
    bool message = false;
    if (msg != NULL) {
        *msg = NULL;
    }
    if (object != NULL) {
        message = take_unit(&object->units);
        if (message) {
            get(object, msg);
        }
        (void)pthread_mutex_unlock(&lock);
    }
    return message ? 0 : SYS_MBOX_EMPTY;
}

/* --- threads ------------------------------------------------------------------------------------
 */

typedef struct start {
    lwip_thread_fn function;
    void *argument;
} start_t;

static void *run(void *argument)
{
    const start_t start = *(start_t *)argument;
    free(argument);
    start.function(start.argument);
    return NULL;
}

static bool start_thread(lwip_thread_fn function, void *argument)
{
    pthread_t thread;
    start_t *const start = malloc(sizeof *start);
    if (start == NULL) {
        return false;
    }
    *start = (start_t){function, argument};
    if (pthread_create(&thread, NULL, run, start) != 0) {
        free(start);
        return false;
    }
    (void)pthread_detach(thread);
    return true;
}

/* A system that knows names, stack sizes and priorities is given them here. A thread that cannot be
 * made is a fault. */
sys_thread_t sys_thread_new(const char *name, lwip_thread_fn function, void *argument, int stack,
                            int priority)
{
    (void)stack;
    (void)priority;
    if (function != NULL && start_thread(function, argument)) {
        return 1;
    }
    const cistern_fault_t fault = {.kind = CISTERN_FAULT_ARGUMENT,
                                   .name = (name != NULL) ? name : "thread",
                                   .owner = (function != NULL) ? "no thread or memory is left"
                                                               : "a thread without a function"};
    cistern_fault_raise(&fault);
    return 0;
}
