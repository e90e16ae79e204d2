/* SPDX-License-Identifier: BSD-3-Clause */
/* coroutines.c - lwIP's sys_arch in virtual time: threads that run one after the other, each until
 * it waits, so that every run is the same.
 *
 *   queue     messages of a mailbox, or the count of a semaphore; a thread waits for one of them
 *   thread    runs --> waits for a queue, or a time, or both --> runs */
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#include "lwip/opt.h"
#include "lwip/stats.h"
#include "lwip/sys.h"
#include "lwip/tcpip.h"

#include "device.h"
#include "world.h"

enum { STACK = 256 * 1024, DEFAULT_ROOM = 16 };

typedef struct coroutine {
    struct coroutine *next;
    ucontext_t context;
    void *stack;
    void (*function)(void *);
    void *argument;
    bool stack_thread; /* lwIP's own */
    bool ready;
    bool ended;
    uint64_t until;                /* of its wait */
    struct coroutine_queue *queue; /* that it waits for */
} coroutine_t;

struct coroutine_queue {
    struct coroutine_queue *next;
    size_t room;
    size_t count;
    size_t first;
    void **message; /* NULL: a semaphore */
};

typedef struct coroutine_queue queue_t;

static struct {
    coroutine_t *threads;
    coroutine_t *running;
    ucontext_t main;
    queue_t *mailboxes;
    mailbox_level_t level[MAILBOX_KINDS];
    unsigned refused;
} all = {.level = {{.size = TCPIP_MBOX_SIZE},
                   {.size = DEFAULT_TCP_RECVMBOX_SIZE},
                   {.size = DEFAULT_UDP_RECVMBOX_SIZE},
                   {.size = DEFAULT_ACCEPTMBOX_SIZE}}};

/* --- threads */

static void enter(void)
{
    coroutine_t *const self = all.running;
    self->function(self->argument);
    self->ended = true;
    swapcontext(&self->context, &all.main);
}

sys_thread_t sys_thread_new(const char *name, lwip_thread_fn function, void *argument, int size,
                            int priority)
{
    (void)size;
    (void)priority;
    coroutine_t *const thread = calloc(1, sizeof *thread);
    if (thread == NULL) {
        abort();
    }
    thread->stack = malloc(STACK);
    thread->function = function;
    thread->argument = argument;
    thread->stack_thread = strcmp(name, TCPIP_THREAD_NAME) == 0;
    thread->ready = true;
    getcontext(&thread->context);
    thread->context.uc_stack.ss_sp = thread->stack;
    thread->context.uc_stack.ss_size = STACK;
    thread->context.uc_link = NULL;
    makecontext(&thread->context, enter, 0);
    coroutine_t **at = &all.threads;
    while (*at != NULL) {
        at = &(*at)->next;
    }
    *at = thread;
    return thread;
}

/* The running thread waits for a queue, a time, or both. */
static void wait(queue_t *queue, uint64_t until)
{
    coroutine_t *const self = all.running;
    self->queue = queue;
    self->until = until;
    self->ready = false;
    swapcontext(&self->context, &all.main);
}

static void wake(queue_t *queue)
{
    for (coroutine_t *thread = all.threads; thread != NULL; thread = thread->next) {
        thread->ready = thread->ready || (thread->queue == queue && queue != NULL);
    }
}

void coroutines_sleep(uint64_t us)
{
    if (us > 0) {
        wait(NULL, world_time() + us);
    }
}

static void run(coroutine_t *thread)
{
    all.running = thread;
    thread->queue = NULL;
    thread->until = UINT64_MAX;
    swapcontext(&all.main, &thread->context);
    all.running = NULL;
}

static void bury_ended(void)
{
    for (coroutine_t **at = &all.threads; *at != NULL;) {
        coroutine_t *const thread = *at;
        if (thread->ended) {
            *at = thread->next;
            free(thread->stack);
            free(thread);
        } else {
            at = &thread->next;
        }
    }
}

void coroutines_run(void)
{
    bool ran = true;
    while (ran) {
        ran = false;
        for (coroutine_t *thread = all.threads; thread != NULL; thread = thread->next) {
            if (!thread->ended && (thread->ready || thread->until <= world_time())) {
                run(thread);
                ran = true;
            }
        }
    }
    bury_ended();
}

uint64_t coroutines_due(void)
{
    uint64_t due = UINT64_MAX;
    for (const coroutine_t *thread = all.threads; thread != NULL; thread = thread->next) {
        due = thread->until < due ? thread->until : due;
    }
    return due;
}

/* --- queues */

static queue_t *new_queue(size_t room, bool mailbox)
{
    queue_t *const queue = calloc(1, sizeof *queue);
    if (queue == NULL) {
        abort();
    }
    queue->room = room;
    if (mailbox) {
        queue->message = calloc(room + 1, sizeof *queue->message);
        queue->next = all.mailboxes;
        all.mailboxes = queue;
    }
    return queue;
}

static void free_queue(queue_t *queue)
{
    queue_t **at = &all.mailboxes;
    while (*at != NULL && *at != queue) {
        at = &(*at)->next;
    }
    if (*at == queue) {
        *at = queue->next;
    }
    free(queue->message);
    free(queue);
}

/* Milliseconds until a queue has something; false when `timeout` (0: none) is over. */
static bool await(queue_t *queue, u32_t timeout, u32_t *waited)
{
    const uint64_t start = world_time();
    const uint64_t end = timeout == 0 ? UINT64_MAX : start + timeout * 1000ULL;
    while (queue->count == 0 && world_time() < end) {
        wait(queue, end);
    }
    *waited = (u32_t)((world_time() - start) / 1000U);
    return queue->count > 0;
}

static void measure(size_t room)
{
    for (int kind = 0; kind < MAILBOX_KINDS; ++kind) {
        mailbox_level_t *const level = &all.level[kind];
        if (level->size != room) {
            continue;
        }
        level->used = 0;
        for (const queue_t *queue = all.mailboxes; queue != NULL; queue = queue->next) {
            level->used =
                queue->room == room && queue->count > level->used ? queue->count : level->used;
        }
        level->max = level->used > level->max ? level->used : level->max;
    }
}

mailbox_level_t *coroutines_mailbox(int kind)
{
    return &all.level[kind];
}

unsigned coroutines_refused(void)
{
    return all.refused;
}

/* --- lwIP's names */

void sys_init(void) {}

err_t sys_sem_new(sys_sem_t *sem, u8_t count)
{
    *sem = new_queue(SIZE_MAX, false);
    (*sem)->count = count;
    return ERR_OK;
}

void sys_sem_free(sys_sem_t *sem)
{
    free_queue(*sem);
}

void sys_sem_signal(sys_sem_t *sem)
{
    ++(*sem)->count;
    wake(*sem);
}

u32_t sys_arch_sem_wait(sys_sem_t *sem, u32_t timeout)
{
    u32_t waited = 0;
    if (!await(*sem, timeout, &waited)) {
        return SYS_ARCH_TIMEOUT;
    }
    --(*sem)->count;
    return waited;
}

/* Without a size a mailbox has the port's own. */
err_t sys_mbox_new(sys_mbox_t *mbox, int size)
{
    *mbox = new_queue(size == 0 ? DEFAULT_ROOM : (size_t)size, true);
    return ERR_OK;
}

void sys_mbox_free(sys_mbox_t *mbox)
{
    const size_t room = (*mbox)->room;
    free_queue(*mbox);
    measure(room);
}

err_t sys_mbox_trypost(sys_mbox_t *mbox, void *message)
{
    queue_t *const queue = *mbox;
    if (queue->count == queue->room) {
        ++all.refused;
        return ERR_MEM;
    }
    queue->message[(queue->first + queue->count++) % queue->room] = message;
    measure(queue->room);
    wake(queue);
    return ERR_OK;
}

err_t sys_mbox_trypost_fromisr(sys_mbox_t *mbox, void *message)
{
    return sys_mbox_trypost(mbox, message);
}

void sys_mbox_post(sys_mbox_t *mbox, void *message)
{
    while ((*mbox)->count == (*mbox)->room) {
        wait(*mbox, UINT64_MAX);
    }
    sys_mbox_trypost(mbox, message);
}

u32_t sys_arch_mbox_tryfetch(sys_mbox_t *mbox, void **message)
{
    queue_t *const queue = *mbox;
    if (queue->count == 0) {
        return SYS_MBOX_EMPTY;
    }
    void *const first = queue->message[queue->first];
    queue->first = (queue->first + 1) % queue->room;
    --queue->count;
    measure(queue->room);
    wake(queue);
    if (message != NULL) {
        *message = first;
    }
    return 0;
}

/* The stack's thread takes its time for each message before it takes the message. */
u32_t sys_arch_mbox_fetch(sys_mbox_t *mbox, void **message, u32_t timeout)
{
    u32_t waited = 0;
    if (!await(*mbox, timeout, &waited)) {
        return SYS_ARCH_TIMEOUT;
    }
    if (all.running->stack_thread) {
        coroutines_sleep((uint64_t)world_parameter("service", 0));
    }
    sys_arch_mbox_tryfetch(mbox, message);
    return waited;
}
