/* SPDX-License-Identifier: BSD-3-Clause */
/* world.c - virtual time, the link and the capture.
 *
 *   frames   sorted list by time of arrival: what is under way
 *   time     the next of: a frame's arrival, a millisecond, what a station waits for */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MILLISECOND = 1000, FRAME_ROOM = 1600, EPOCH = 1700000000, SAMPLE_ROOM = 1024 };

typedef struct frame {
    struct frame *next;
    const station_t *to;
    uint64_t time;
    size_t length;
    uint8_t bytes[FRAME_ROOM];
} frame_t;

static struct {
    uint64_t time;
    frame_t *frames;
    uint64_t line_free[2]; /* when each direction of the link is idle again */
    uint32_t random;
    int argc;
    char **argv;
    FILE *capture;
    FILE *statistics;
    unsigned packets;
    char last_sample[SAMPLE_ROOM];
    unsigned last_packets;
} world;

uint64_t world_time(void)
{
    return world.time;
}

/* --- parameters */

static const char *parameter(const char *name)
{
    const size_t length = strlen(name);
    for (int i = 2; i < world.argc; ++i) {
        if (strncmp(world.argv[i], name, length) == 0 && world.argv[i][length] == '=') {
            return world.argv[i] + length + 1;
        }
    }
    return NULL;
}

bool world_has(const char *name)
{
    return parameter(name) != NULL;
}

long world_parameter(const char *name, long otherwise)
{
    const char *const text = parameter(name);
    return text == NULL ? otherwise : strtol(text, NULL, 0);
}

size_t world_list(const char *name, long *number, size_t room)
{
    const char *text = parameter(name);
    size_t count = 0;
    while (text != NULL && *text != '\0' && count < room) {
        char *end = NULL;
        number[count++] = strtol(text, &end, 0);
        text = *end == ',' ? end + 1 : end;
    }
    return count;
}

unsigned world_random(void)
{
    world.random ^= world.random << 13;
    world.random ^= world.random >> 17;
    world.random ^= world.random << 5;
    return world.random;
}

/* --- capture and statistics */

static void put32(FILE *file, uint32_t value)
{
    fwrite(&value, sizeof value, 1, file);
}

static void capture_open(const char *path)
{
    world.capture = fopen(path, "wb");
    if (world.capture == NULL) {
        perror(path);
        exit(1);
    }
    const uint32_t head[] = {0xa1b2c3d4U, 4U << 16 | 2U, 0, 0, 65535, 1};
    fwrite(head, sizeof head, 1, world.capture);
}

static void capture(const void *bytes, size_t length)
{
    put32(world.capture, (uint32_t)(EPOCH + world.time / 1000000U));
    put32(world.capture, (uint32_t)(world.time % 1000000U));
    put32(world.capture, (uint32_t)length);
    put32(world.capture, (uint32_t)length);
    fwrite(bytes, 1, length, world.capture);
    ++world.packets;
}

void world_sample(const char *after)
{
    char text[SAMPLE_ROOM];
    device_station.sample(text, sizeof text);
    if (world.packets == 0 ||
        (world.packets == world.last_packets && strcmp(text, world.last_sample) == 0)) {
        return;
    }
    fprintf(world.statistics, "%u %llu.%06u %s%s\n", world.packets,
            (unsigned long long)(EPOCH + world.time / 1000000U), (unsigned)(world.time % 1000000U),
            after, text);
    memcpy(world.last_sample, text, sizeof text);
    world.last_packets = world.packets;
}

/* --- the link */

static bool happens(const char *percentage)
{
    return world_random() % 1000U < (unsigned)(10 * world_parameter(percentage, 0));
}

/* The end of a frame's way over the line: one after the other, at the link's rate. */
static uint64_t pass_line(int direction, size_t length)
{
    const uint64_t rate = (uint64_t)world_parameter("mbit", 100);
    uint64_t *const line = &world.line_free[direction];
    *line = (*line > world.time ? *line : world.time) + length * 8U / rate;
    return *line;
}

void world_send(const station_t *from, const void *bytes, size_t length)
{
    const bool from_device = from == &device_station;
    if (from_device) {
        capture(bytes, length);
    }
    uint64_t time =
        pass_line(from_device ? 1 : 0, length) + (uint64_t)world_parameter("delay", 200);
    if (happens("reorder")) {
        time += (uint64_t)world_parameter("late", 3000);
    }
    if (length > FRAME_ROOM || happens("loss")) {
        return;
    }
    frame_t *const frame = malloc(sizeof *frame);
    if (frame == NULL) {
        abort();
    }
    *frame = (frame_t){
        .to = from_device ? &peer_station : &device_station, .time = time, .length = length};
    memcpy(frame->bytes, bytes, length);
    frame_t **at = &world.frames;
    while (*at != NULL && (*at)->time <= time) {
        at = &(*at)->next;
    }
    frame->next = *at;
    *at = frame;
}

static void deliver(void)
{
    frame_t *const frame = world.frames;
    world.frames = frame->next;
    if (frame->to == &device_station) {
        capture(frame->bytes, frame->length);
    }
    frame->to->receive(frame->bytes, frame->length);
    if (frame->to == &device_station) {
        world_sample("rx");
    }
    free(frame);
}

/* --- time */

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static void step(void)
{
    const uint64_t arrival = world.frames == NULL ? UINT64_MAX : world.frames->time;
    const uint64_t tick = (world.time / MILLISECOND + 1) * MILLISECOND;
    const uint64_t due = least(tick, device_station.due());
    world.time = least(arrival, due) > world.time ? least(arrival, due) : world.time;
    if (arrival < due) { /* what is due at that moment comes first */
        deliver();
        return;
    }
    device_station.poll();
    world_sample("t");
    if (due == tick) {
        peer_station.poll();
    }
}

/* Arguments: where the capture and the statistics go, without their suffix; NAME=VALUE... */
int main(int argc, char **argv)
{
    char path[512];
    if (argc < 2) {
        return 2;
    }
    world.argc = argc;
    world.argv = argv;
    world.random = 2463534242U + (uint32_t)world_parameter("seed", 0);
    snprintf(path, sizeof path, "%s.pcap", argv[1]);
    capture_open(path);
    snprintf(path, sizeof path, "%s.st", argv[1]);
    world.statistics = fopen(path, "w");
    if (world.statistics == NULL) {
        return 1;
    }
    device_station.columns(path, sizeof path);
    fprintf(world.statistics, "# columns%s\n", path);
    device_station.start();
    world_sample("init");
    peer_station.start();
    const uint64_t end = (uint64_t)world_parameter("seconds", 60) * 1000000U;
    while (world.time < end && !peer_station.done()) {
        step();
    }
    const uint64_t rest = world.time + (uint64_t)world_parameter("rest", 500) * MILLISECOND;
    while (world.time < rest) {
        step();
    }
    printf("packets %u\n", world.packets);
    peer_station.report();
    device_station.report();
    return fclose(world.capture) != 0 || fclose(world.statistics) != 0;
}
