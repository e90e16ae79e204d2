/* SPDX-License-Identifier: BSD-3-Clause */
/* replay.c - one capture through the library, from receiver to worker.
 *
 *   in virtual time, that of the capture's stamps:
 *   capture --> received by the device? --> PBUF_POOL chain --> waiting until its service time --+
 *                    | no: parsed at once, outside the pool                                      |
 *   as a flood, at the host's speed:                                                             v
 *   capture --> receiver --> PBUF_POOL chain --> mailbox --> worker --> parsed, answered, freed <+
 *                  ^                                            |
 *                  +------------------ room --------------------+
 *
 * Words: the *receiver* is the calling thread; the *worker* is a thread of its own, or with
 * --threads 0 a call. *Room* is the semaphore on which the receiver waits for free elements.
 *
 * I1  the receiver alone takes from PBUF_POOL, so what it saw free stays free until it takes it
 * I2  without --drop, an allocation fails if the frame needs more elements than the pool has:
 *     for any other the receiver waits first. So pool failures are the frames dropped
 * I3  the receiver asks for room by the message NULL. When the worker gets to it, all frames before
 *     it are done, and only datagrams under reassembly hold elements; the oldest are given up until
 *     there is room. Which ones depends on the frames before, not on the threads' timing, so that a
 *     run gives the same counts with and without threads
 * I4  the mailbox is empty when the worker ends: the end is the last message
 * I5  in virtual time the worker is idle whenever the receiver takes from the pool: high-water
 *     marks and drops depend on the stamps alone
 */
#include "replay.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cistern/fault.h"
#include "lwip/pbuf.h"
#include "lwip/sys.h"

#include "network.h"
#include "parsed.h"
#include "progress.h"
#include "reassembly.h"
#include "survey.h"

enum { MAILBOX_SIZE = 64, PACKET_MAX = 65535, PROGRESS_EVERY = 256 };

/* A frame that waits for its processing, in virtual time. */
typedef struct waiting {
    struct pbuf *data;
    uint64_t done; /* nanoseconds */
} waiting_t;

typedef struct replay {
    const options_t *options;
    replay_result_t *result;
    capture_t capture;
    frame_host_t host; /* the worker's, like all it points to */
    reassembly_t reassembly;
    frame_host_t outside; /* of frames that the device did not receive */
    reassembly_t outside_reassembly;
    sys_mbox_t mailbox; /* pbufs; NULL asks for room; &end ends the worker */
    sys_sem_t room;     /* signalled once for each NULL */
    sys_thread_t worker;
    size_t wanted; /* elements that the receiver waits for; handed over by the mailbox */
    char end;
    device_t device;
    bool has_device;
    uint64_t service;   /* nanoseconds */
    uint64_t link_free; /* when the last frame had arrived whole */
    uint64_t busy;      /* the device processes frames until then */
    waiting_t *waiting; /* a ring of as many as the pool has elements */
    size_t waiting_room;
    size_t first;
    size_t waitings;
    bool posted; /* the worker may be busy */
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
    const frame_host_t *const host = data->frame_outside != 0 ? &replay->outside : &replay->host;
    network_handle(host, (link_type_t)data->frame_link, data);
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

/* Counts a drop. */
static void drop(replay_t *replay, drop_t reason)
{
    incident_count(&replay->result->dropped[reason], replay->capture.packets);
}

/* Waits until the worker is idle and `elements` are free. */
static void wait_for_room(replay_t *replay, size_t elements)
{
    if (!replay->posted && memory_pool_free() >= elements) {
        return;
    }
    replay->wanted = elements;
    if (replay->options->threads) {
        sys_mbox_post(&replay->mailbox, NULL);
        sys_sem_wait(&replay->room);
    } else {
        make_room(replay);
    }
    replay->posted = false;
}

/* What the worker must know of a frame. */
static void label(const replay_t *replay, const capture_frame_t *frame, struct pbuf *data)
{
    data->frame_number = replay->capture.packets;
    data->frame_seconds = frame->seconds;
    data->wire_length = frame->wire_length;
    data->frame_link = (uint8_t)frame->link;
    data->frame_outside = 0;
}

/* Copies a frame into packet buffers; NULL, and the drop is counted, if they are not there. */
static struct pbuf *copy(replay_t *replay, const capture_frame_t *frame)
{
    struct pbuf *const data = pbuf_alloc(PBUF_RAW, (pbuf_len_t)frame->length, PBUF_POOL);
    if (data == NULL) {
        drop(replay, DROP_POOL);
        return NULL;
    }
    if (frame->length > 0) {
        pbuf_take(data, frame->bytes, (pbuf_len_t)frame->length);
    }
    label(replay, frame, data);
    return data;
}

/* True if the frame can be taken at all; else its drop is counted. */
static bool has_length(replay_t *replay, const capture_frame_t *frame)
{
    if (frame->length > PACKET_MAX) {
        drop(replay, DROP_LENGTH);
        return false;
    }
    return true;
}

/* --- as a flood ------------------------------------------------------------------------------- */

/* Hands a frame to the worker. After a drop the worker gets its turn, as it would on a wire: the
 * receiver alone could go through the capture faster than the worker gets to the lock of the pool.
 */
static void flood(replay_t *replay, const capture_frame_t *frame)
{
    if (!has_length(replay, frame)) {
        return;
    }
    const size_t elements = memory_pool_elements(frame->length);
    if (!replay->options->drop && elements <= replay->options->pool_count) {
        wait_for_room(replay, elements);
    }
    struct pbuf *const data = copy(replay, frame);
    if (data == NULL) {
        sched_yield();
    } else if (!replay->options->threads) {
        handle(replay, data);
    } else if (!replay->options->drop) {
        sys_mbox_post(&replay->mailbox, data);
    } else if (sys_mbox_trypost(&replay->mailbox, data) != ERR_OK) {
        pbuf_free(data);
        drop(replay, DROP_MAILBOX);
        sched_yield();
    }
}

/* --- in virtual time -------------------------------------------------------------------------- */

/* Hands a frame to the worker, which it keeps until the next wait_for_room. */
static void process(replay_t *replay, struct pbuf *data)
{
    if (replay->options->threads) {
        sys_mbox_post(&replay->mailbox, data);
        replay->posted = true;
    } else {
        handle(replay, data);
    }
}

/* Processes the frame that waits longest; returns when that was done. */
static uint64_t process_first(replay_t *replay)
{
    const waiting_t waiting = replay->waiting[replay->first];
    replay->first = (replay->first + 1) % replay->waiting_room;
    --replay->waitings;
    process(replay, waiting.data);
    return waiting.done;
}

/* Processes what is done by `time`. */
static void process_until(replay_t *replay, uint64_t time)
{
    while (replay->waitings > 0 && replay->waiting[replay->first].done <= time) {
        process_first(replay);
    }
}

/* When a frame has arrived whole: a slow link delivers one after the other. */
static uint64_t arrival(replay_t *replay, const capture_frame_t *frame)
{
    const uint64_t rate = replay->options->link_rate;
    const uint64_t stamp = frame->nanoseconds;
    if (rate == 0) {
        return stamp;
    }
    const uint64_t start = replay->link_free > stamp ? replay->link_free : stamp;
    replay->link_free = start + frame->wire_length * 8U * UINT64_C(1000000000) / rate;
    return replay->link_free;
}

/* Without --drop a frame waits until there is room for it: for frames before it to be processed,
 * then for datagrams to be given up. Returns when it has room. */
static uint64_t wait_in_time(replay_t *replay, size_t elements, uint64_t time)
{
    wait_for_room(replay, 0);
    while (memory_pool_free() < elements && replay->waitings > 0) {
        const uint64_t done = process_first(replay);
        time = done > time ? done : time;
        wait_for_room(replay, 0);
    }
    wait_for_room(replay, elements);
    return time;
}

/* A frame toward the device. */
static void receive(replay_t *replay, const capture_frame_t *frame)
{
    uint64_t time = arrival(replay, frame);
    const size_t elements = memory_pool_elements(frame->length);
    process_until(replay, time);
    if (!replay->options->drop && elements <= replay->options->pool_count) {
        time = wait_in_time(replay, elements, time);
    } else {
        wait_for_room(replay, 0);
    }
    if (replay->options->drop && replay->waitings >= MAILBOX_SIZE) {
        drop(replay, DROP_MAILBOX);
        return;
    }
    struct pbuf *const data = copy(replay, frame);
    if (data == NULL) {
        return;
    }
    replay->busy = (replay->busy > time ? replay->busy : time) + replay->service;
    const size_t last = (replay->first + replay->waitings++) % replay->waiting_room;
    replay->waiting[last] = (waiting_t){.data = data, .done = replay->busy};
    process_until(replay, time);
}

/* A frame that takes nothing of the device's pool: its bytes are the program's own. */
typedef struct outside {
    struct pbuf_custom custom;
    uint8_t bytes[];
} outside_t;

static void free_outside(struct pbuf *data)
{
    free(data);
}

static void pass(replay_t *replay, const capture_frame_t *frame)
{
    outside_t *const outside = calloc(1, sizeof *outside + frame->length + 1);
    if (outside == NULL) {
        drop(replay, DROP_POOL);
        return;
    }
    memcpy(outside->bytes, frame->bytes, frame->length);
    outside->custom.custom_free_function = free_outside;
    struct pbuf *const data =
        pbuf_alloced_custom(PBUF_RAW, (pbuf_len_t)frame->length, PBUF_REF, &outside->custom,
                            outside->bytes, (pbuf_len_t)(frame->length + 1U));
    if (data == NULL) {
        free(outside);
        drop(replay, DROP_POOL);
        return;
    }
    label(replay, frame, data);
    data->frame_outside = 1;
    process(replay, data);
}

static void take(replay_t *replay, const capture_frame_t *frame)
{
    parsed_t parsed;
    if (!has_length(replay, frame)) {
        return;
    }
    if (!replay->has_device) {
        ++replay->result->received;
        receive(replay, frame);
        return;
    }
    parsed_read(&parsed, frame, replay->capture.packets, false);
    if (device_received(&replay->device, &parsed)) {
        ++replay->result->received;
        receive(replay, frame);
    } else {
        ++*(device_sent(&replay->device, &parsed) ? &replay->result->sent
                                                  : &replay->result->others);
        pass(replay, frame);
    }
}

/* Reads the capture to its end. */
static void receiver(replay_t *replay)
{
    capture_frame_t frame;
    progress_t progress;
    progress_begin(&progress);
    capture_status_t status = capture_next(&replay->capture, &frame);
    while (status == CAPTURE_FRAME) {
        if (replay->options->flood) {
            flood(replay, &frame);
        } else {
            take(replay, &frame);
        }
        if (replay->capture.packets % PROGRESS_EVERY == 0) {
            progress_show(&progress, capture_progress(&replay->capture), replay->capture.packets);
        }
        status = capture_next(&replay->capture, &frame);
    }
    process_until(replay, UINT64_MAX);
    replay->result->complete = status == CAPTURE_END;
    replay->result->packets = replay->capture.packets;
    replay->result->filtered = replay->capture.filtered;
    if (replay->options->threads) {
        sys_mbox_post(&replay->mailbox, &replay->end);
        pthread_join(replay->worker, NULL);
    }
    replay->result->seconds = progress_end(&progress);
}

/* --- the device ------------------------------------------------------------------------------- */

static void keep_device(replay_t *replay)
{
    char text[ADDRESS_TEXT];
    replay->has_device = true;
    replay->host.device = &replay->device;
    replay->outside.device = &replay->device;
    if (replay->device.addresses > 0) {
        address_text(&replay->device.address[0], text);
        snprintf(replay->result->device, sizeof replay->result->device, "%s", text);
    } else {
        snprintf(replay->result->device, sizeof replay->result->device, "%s",
                 replay->options->device);
    }
}

/* Finds the device by a first reading; a pipe has none, and then --device alone says it. A capture
 * without any host has no device: all its frames are received. */
static bool find_device(replay_t *replay)
{
    survey_t survey;
    traffic_t traffic;
    char *name[1] = {(char *)(uintptr_t)replay->capture.name};
    const options_t *const options = replay->options;
    const bool pipe = strcmp(name[0], "-") == 0;
    if (pipe) {
        if (options->device != NULL && !device_read(&replay->device, options->device)) {
            return false;
        }
        if (options->device != NULL) {
            keep_device(replay);
        }
        return true;
    }
    if (!traffic_open(&traffic, name, 1, options->filter)) {
        return false;
    }
    traffic.quiet = true;
    bool ok = survey_read(&survey, &traffic);
    if (ok && (options->device != NULL || survey.hosts > 0)) {
        ok = survey_device(&survey, options->device, &replay->device);
        if (ok) {
            keep_device(replay);
            replay->service = 1000U * survey_service(&survey, &replay->device);
        }
    }
    survey_free(&survey);
    traffic_close(&traffic);
    return ok;
}

/* --- a run ------------------------------------------------------------------------------------ */

static void free_locks(replay_t *replay)
{
    sys_mbox_free(&replay->mailbox);
    sys_sem_free(&replay->room);
}

/* False if the system has no thread or lock left. */
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
    while (reassembly_give_up_oldest(&replay->reassembly) ||
           reassembly_give_up_oldest(&replay->outside_reassembly)) {
    }
    if (replay->options->threads) {
        free_locks(replay);
    }
    memory_measure(&result->memory);
    result->leaks = memory_held(&result->memory);
    result->faults = cistern_fault_count() - faults;
}

/* With the capture open; false if the run cannot be set up. */
static bool replay_open(replay_t *replay)
{
    replay_result_t *const result = replay->result;
    memory_restart();
    reassembly_init(&replay->reassembly, &result->tally, replay->options->pool_count / 2U);
    replay->host = (frame_host_t){.tally = &result->tally, .reassembly = &replay->reassembly};
    reassembly_init(&replay->outside_reassembly, &result->tally, replay->options->pool_count / 2U);
    replay->outside =
        (frame_host_t){.tally = &result->tally, .reassembly = &replay->outside_reassembly};
    replay->waiting_room = replay->options->pool_count + 1;
    replay->waiting = calloc(replay->waiting_room, sizeof *replay->waiting);
    bool started = replay->waiting != NULL && (replay->options->flood || find_device(replay));
    if (replay->options->service >= 0) {
        replay->service = (uint64_t)replay->options->service * 1000U;
    }
    result->service = replay->service / 1000U;
    started = started && (!replay->options->threads || start_worker(replay));
    if (started) {
        run(replay);
    }
    free(replay->waiting);
    capture_close(&replay->capture);
    return started;
}

bool replay_run(replay_result_t *result, const options_t *options, const char *file)
{
    replay_t replay = {.options = options, .result = result};
    *result = (replay_result_t){.file = file};
    const bool done =
        capture_open(&replay.capture, file, options->filter, false) && replay_open(&replay);
    result->link = replay.capture.link;
    memcpy(result->error, replay.capture.error, sizeof result->error);
    return done;
}
