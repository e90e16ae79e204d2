/* replay.c - one capture through the library, from receiver to worker.
 *
 *   capture --> receiver --> PBUF_POOL chain --> mailbox --> worker --> parsed, answered, freed
 *                  ^                                            |
 *                  +------------------ room --------------------+
 *
 * Words: the *receiver* is the calling thread; the *worker* is a thread of its own, or with
 * --threads 0 a call. *Room* is the semaphore on which the receiver waits for free elements.
 *
 * I1  the receiver alone takes from PBUF_POOL, so what it saw free stays free until it takes it
 * I2  without --drop, an allocation fails iff the frame needs more elements than the pool has:
 *     for any other the receiver waits first. So pool failures are the frames dropped
 * I3  the receiver asks for room by the message NULL. When the worker gets to it, all frames before
 *     it are done, and only datagrams under reassembly hold elements; the oldest are given up until
 *     there is room. Which ones depends on the frames before, not on the threads' timing, so that a
 *     run gives the same counts with and without threads
 * I4  the mailbox is empty when the worker ends: the end is the last message
 */
#include "replay.h"

#include <sched.h>
#include <string.h>

#include "cistern/fault.h"
#include "lwip/pbuf.h"
#include "lwip/sys.h"

#include "network.h"
#include "progress.h"
#include "reassembly.h"

enum { MAILBOX_SIZE = 64, PACKET_MAX = 65535, PROGRESS_EVERY = 256 };

typedef struct replay {
    const options_t *options;
    replay_result_t *result;
    capture_t capture;
    frame_host_t host; /* the worker's, like all it points to */
    reassembly_t reassembly;
    sys_mbox_t mailbox; /* pbufs; NULL asks for room; &end ends the worker */
    sys_sem_t room;     /* signalled once for each NULL */
    sys_thread_t worker;
    size_t wanted; /* elements that the receiver waits for; handed over by the mailbox */
    char end;
} replay_t;

const char *drop_name(drop_t drop)
{
    static const char *const names[DROPS] = {
        [DROP_POOL] = "pool empty",
        [DROP_MAILBOX] = "mailbox full",
        [DROP_LENGTH] = "too long",
    };
    return names[drop];
}

/* --- worker ----------------------------------------------------------------------------------- */

/* Gives up datagrams until the receiver has what it wants. */
static void make_room(replay_t *replay)
{
    while (memory_pool_free() < replay->wanted && reassembly_give_up_oldest(&replay->reassembly)) {
    }
}

static void handle(replay_t *replay, struct pbuf *data)
{
    network_handle(&replay->host, (link_type_t)data->frame_link, data);
}

static void worker(void *argument)
{
    replay_t *const replay = argument;
    void *message = NULL;
    sys_mbox_fetch(&replay->mailbox, &message);
    while (message != &replay->end) {
        if (message == NULL) {
            make_room(replay);
            sys_sem_signal(&replay->room);
        } else {
            handle(replay, message);
        }
        sys_mbox_fetch(&replay->mailbox, &message);
    }
}

/* --- receiver --------------------------------------------------------------------------------- */

/* Counts a drop. Before the next frame the worker gets its turn, as it would on a wire: the
 * receiver alone could go through the capture faster than the worker gets to the lock of the pool.
 */
static void drop(replay_t *replay, drop_t reason)
{
    incident_count(&replay->result->dropped[reason], replay->capture.packets);
    sched_yield();
}

/* Waits until `elements` are free. */
static void wait_for_room(replay_t *replay, size_t elements)
{
    if (memory_pool_free() >= elements) {
        return;
    }
    replay->wanted = elements;
    if (replay->options->threads) {
        sys_mbox_post(&replay->mailbox, NULL);
        sys_sem_wait(&replay->room);
    } else {
        make_room(replay);
    }
}

/* Hands a frame to the worker. */
static void deliver(replay_t *replay, struct pbuf *data)
{
    if (!replay->options->threads) {
        handle(replay, data);
    } else if (!replay->options->drop) {
        sys_mbox_post(&replay->mailbox, data);
    } else if (sys_mbox_trypost(&replay->mailbox, data) != ERR_OK) {
        pbuf_free(data);
        drop(replay, DROP_MAILBOX);
    }
}

/* Copies a frame into packet buffers; NULL, and the drop is counted, if they are not there. */
static struct pbuf *receive(replay_t *replay, const capture_frame_t *frame)
{
    if (frame->length > PACKET_MAX) {
        drop(replay, DROP_LENGTH);
        return NULL;
    }
    const size_t elements = memory_pool_elements(frame->length);
    if (!replay->options->drop && elements <= replay->options->pool_count) {
        wait_for_room(replay, elements);
    }
    struct pbuf *const data = pbuf_alloc(PBUF_RAW, (pbuf_len_t)frame->length, PBUF_POOL);
    if (data == NULL) {
        drop(replay, DROP_POOL);
        return NULL;
    }
    if (frame->length > 0) {
        pbuf_take(data, frame->bytes, (pbuf_len_t)frame->length);
    }
    data->frame_number = replay->capture.packets;
    data->frame_seconds = frame->seconds;
    data->wire_length = frame->wire_length;
    data->frame_link = (uint8_t)frame->link;
    return data;
}

/* Reads the capture to its end. */
static void receiver(replay_t *replay)
{
    capture_frame_t frame;
    progress_t progress;
    progress_begin(&progress);
    capture_status_t status = capture_next(&replay->capture, &frame);
    while (status == CAPTURE_FRAME) {
        struct pbuf *const data = receive(replay, &frame);
        if (data != NULL) {
            deliver(replay, data);
        }
        if (replay->capture.packets % PROGRESS_EVERY == 0) {
            progress_show(&progress, capture_progress(&replay->capture), replay->capture.packets);
        }
        status = capture_next(&replay->capture, &frame);
    }
    replay->result->complete = status == CAPTURE_END;
    replay->result->packets = replay->capture.packets;
    if (replay->options->threads) {
        sys_mbox_post(&replay->mailbox, &replay->end);
        pthread_join(replay->worker, NULL);
    }
    replay->result->seconds = progress_end(&progress);
}

/* --- a run ------------------------------------------------------------------------------------ */

static void free_locks(replay_t *replay)
{
    sys_mbox_free(&replay->mailbox);
    sys_sem_free(&replay->room);
}

/* False iff the system has no thread or lock left. */
static bool start_worker(replay_t *replay)
{
    if (sys_mbox_new(&replay->mailbox, MAILBOX_SIZE) == ERR_OK) {
        if (sys_sem_new(&replay->room, 0) == ERR_OK) {
            replay->worker = sys_thread_new_joinable("worker", worker, replay, 0, 0);
            if (replay->worker != (sys_thread_t)0) {
                return true;
            }
            sys_sem_free(&replay->room);
        }
        sys_mbox_free(&replay->mailbox);
    }
    capture_fail(&replay->capture, "no thread could be started; --threads 0 needs none");
    return false;
}

static void run(replay_t *replay)
{
    replay_result_t *const result = replay->result;
    const unsigned long faults = cistern_fault_count();
    receiver(replay);
    while (reassembly_give_up_oldest(&replay->reassembly)) {
    }
    if (replay->options->threads) {
        free_locks(replay);
    }
    memory_measure(&result->memory);
    result->leaks = memory_held(&result->memory);
    result->faults = cistern_fault_count() - faults;
}

/* With the capture open; false iff the run cannot be set up. */
static bool replay_open(replay_t *replay)
{
    replay_result_t *const result = replay->result;
    memory_restart();
    reassembly_init(&replay->reassembly, &result->tally, replay->options->pool_count / 2U);
    replay->host = (frame_host_t){.tally = &result->tally, .reassembly = &replay->reassembly};
    const bool started = !replay->options->threads || start_worker(replay);
    if (started) {
        run(replay);
    }
    capture_close(&replay->capture);
    return started;
}

bool replay_run(replay_result_t *result, const options_t *options, const char *file)
{
    replay_t replay = {.options = options, .result = result};
    *result = (replay_result_t){.file = file};
    const bool done = capture_open(&replay.capture, file, NULL, false) && replay_open(&replay);
    result->link = replay.capture.link;
    memcpy(result->error, replay.capture.error, sizeof result->error);
    return done;
}
