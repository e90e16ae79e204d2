/* SPDX-License-Identifier: BSD-3-Clause */
/* capture.c - frames out of a pcap or pcapng file.
 *
 *   pcap     | magic, link type | record header, frame | record header, frame | ...
 *   pcapng   | section | interface 0 | interface 1 | packet | packet | ... | section | ...
 *            each block:  type, length, body, length
 *
 * I1  every interface that a frame names exists
 * I2  no length of the file is trusted: a frame has at most CAPTURE_FRAME_MAX bytes, and bytes are
 *     there before they are read */
#include "capture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <pcap/pcap.h>

enum {
    PCAP_HEADER = 20, /* behind the magic number */
    BLOCK_SECTION = 0x0a0d0d0a,
    BLOCK_INTERFACE = 1,
    BLOCK_PACKET = 2,
    BLOCK_SIMPLE = 3,
    BLOCK_ENHANCED = 6,
    BLOCK_FRAME = 12, /* type and both lengths */
    OPTION_RESOLUTION = 9,
    OPTION_OFFSET = 14,
    OPTIONS_MAX = 4096, /* bytes of an interface block that are read for its options */
    INTERFACES_MAX = 4096,
    SNOOP_HEADER = 12, /* behind the first four bytes */
    SNOOP_RECORD = 24,
    SNOOP_H4 = 1002,
    DIRECTION = 4,    /* bytes before a frame that say which way it went */
    SNAP_MAX = 262144 /* what a filter is compiled for */
};

#define SNOOP_EPOCH 0x00dcddb30f2f8000U /* microseconds from year 0 to 1970 */

typedef struct capture_interface {
    int dlt;
    link_type_t link;
    uint32_t snap; /* 0: no limit */
    uint64_t per_second;
    uint64_t nanoseconds; /* of a unit; 0: not whole */
    uint64_t offset;      /* seconds to add to stamps */
    bool filters;
    struct bpf_program filter;
} capture_interface_t;

typedef struct capture_reader {
    source_t source;
    bool ng;
    bool snoop;
    bool swapped;
    unsigned record; /* bytes of a record's header, of pcap */
    unsigned interfaces;
    capture_interface_t *interface;
    uint8_t *frame; /* of btsnoop: direction and frame */
    size_t room;    /* bytes at `frame` */
} capture_reader_t;

void capture_fail(capture_t *capture, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(capture->error, sizeof capture->error, format, arguments);
    va_end(arguments);
    if (!capture->quiet) {
        fprintf(stderr, "cistern: %s: %s\n", capture->name, capture->error);
    }
}

/* --- numbers in the file's byte order -----------------------------------------------------------
 */

static uint32_t capture_u32(const capture_reader_t *reader, const uint8_t *bytes)
{
    uint32_t value = 0;
    memcpy(&value, bytes, sizeof value);
    return reader->swapped ? __builtin_bswap32(value) : value;
}

static uint16_t capture_u16(const capture_reader_t *reader, const uint8_t *bytes)
{
    uint16_t value = 0;
    memcpy(&value, bytes, sizeof value);
    return reader->swapped ? __builtin_bswap16(value) : value;
}

/* --- stamps -------------------------------------------------------------------------------------
 */

static void set_resolution(capture_interface_t *interface, uint64_t per_second)
{
    interface->per_second = per_second;
    interface->nanoseconds = 1000000000U % per_second == 0 ? 1000000000U / per_second : 0;
}

/* `rest` is less than a second; no product overflows before the year 2554. */
static void set_parts(capture_frame_t *frame, const capture_interface_t *interface,
                      uint64_t seconds, uint64_t rest)
{
    const uint64_t nanoseconds =
        interface->nanoseconds != 0
            ? rest * interface->nanoseconds
            : (uint64_t)((double)rest * (1e9 / (double)interface->per_second) + 0.5);
    frame->seconds = (uint32_t)(seconds + interface->offset);
    frame->nanoseconds = (seconds + interface->offset) * 1000000000U + nanoseconds;
}

static void set_time(capture_frame_t *frame, const capture_interface_t *interface, uint64_t stamp)
{
    set_parts(frame, interface, stamp / interface->per_second, stamp % interface->per_second);
}

/* --- interfaces ---------------------------------------------------------------------------------
 */

static bool compile_filter(capture_t *capture, capture_interface_t *interface)
{
    pcap_t *const dead = pcap_open_dead(interface->dlt, SNAP_MAX);
    if (dead == NULL) {
        capture_fail(capture, "out of memory");
        return false;
    }
    interface->filters =
        pcap_compile(dead, &interface->filter, capture->filter, 1, PCAP_NETMASK_UNKNOWN) == 0;
    if (!interface->filters) {
        capture_fail(capture, "filter '%s': %s", capture->filter, pcap_geterr(dead));
    }
    pcap_close(dead);
    return interface->filters;
}

static void say_unsupported(capture_t *capture, int dlt)
{
    const char *const text = pcap_datalink_val_to_name(dlt);
    char list[CAPTURE_ERROR_SIZE / 2];
    link_list(list, sizeof list);
    if (capture->hci) {
        snprintf(list, sizeof list, "btsnoop, and %s with and without direction",
                 link_name(LINK_HCI));
    }
    capture_fail(capture, "packet %llu: link type %d (%s) is %s; supported are %s",
                 (unsigned long long)capture->packets + 1, dlt, text != NULL ? text : "no name",
                 text != NULL ? "not supported" : "unknown", list);
}

static bool add_interface(capture_t *capture, int dlt, uint32_t snap)
{
    capture_reader_t *const reader = capture->reader;
    capture_interface_t *const grown =
        reader->interfaces < INTERFACES_MAX
            ? realloc(reader->interface, (reader->interfaces + 1U) * sizeof *grown)
            : NULL;
    if (grown == NULL) {
        capture_fail(capture, "too many interfaces");
        return false;
    }
    reader->interface = grown;
    capture_interface_t *const interface = &grown[reader->interfaces++];
    *interface =
        (capture_interface_t){.dlt = dlt,
                              .link = capture->hci ? link_from_hci_dlt(dlt) : link_from_dlt(dlt),
                              .snap = snap};
    set_resolution(interface, 1000000U);
    if (reader->interfaces == 1 && capture->packets == 0) {
        capture->link = interface->link;
    }
    capture->mixed = capture->mixed || interface->link != capture->link;
    return capture->filter == NULL || interface->link == LINK_UNKNOWN ||
           compile_filter(capture, interface);
}

static void forget_interfaces(capture_reader_t *reader)
{
    for (unsigned i = 0; i < reader->interfaces; ++i) {
        if (reader->interface[i].filters) {
            pcap_freecode(&reader->interface[i].filter);
        }
    }
    reader->interfaces = 0;
}

/* --- reading ------------------------------------------------------------------------------------
 */

/* False for a length that no capture has. */
static bool check_length(capture_t *capture, uint32_t length)
{
    if (length > CAPTURE_FRAME_MAX) {
        capture_fail(capture, "packet %llu: a length of %lu bytes, more than %d",
                     (unsigned long long)capture->packets + 1, (unsigned long)length,
                     CAPTURE_FRAME_MAX);
        return false;
    }
    return true;
}

static capture_status_t fail_short(capture_t *capture)
{
    const capture_reader_t *const reader = capture->reader;
    if (source_stop) {
        return CAPTURE_END;
    }
    capture_fail(capture, "packet %llu: %s", (unsigned long long)capture->packets + 1,
                 reader->source.error != NULL ? reader->source.error
                                              : "truncated, the file ends within it");
    return CAPTURE_ERROR;
}

/* The end, when nothing of a next record is there. */
static capture_status_t end_or_short(capture_t *capture, size_t got)
{
    if (got == 0 && capture->reader->source.error == NULL) {
        return CAPTURE_END;
    }
    return fail_short(capture);
}

static void set_frame(capture_frame_t *frame, const uint8_t *bytes, uint32_t length,
                      uint32_t wire_length)
{
    frame->bytes = bytes;
    frame->length = length;
    frame->wire_length = wire_length < length ? length : wire_length;
}

static capture_status_t next_record(capture_t *capture, capture_frame_t *frame)
{
    capture_reader_t *const reader = capture->reader;
    size_t got = 0;
    const uint8_t *const header = source_view(&reader->source, reader->record, &got);
    if (header == NULL) {
        return end_or_short(capture, got);
    }
    const capture_interface_t *const interface = &reader->interface[0];
    const uint32_t seconds = capture_u32(reader, header);
    const uint32_t rest = capture_u32(reader, header + 4);
    const uint32_t length = capture_u32(reader, header + 8);
    const uint32_t wire_length = capture_u32(reader, header + 12);
    if (rest < interface->per_second) {
        set_parts(frame, interface, seconds, rest);
    } else { /* damaged, or of a host whose clock went wrong */
        set_time(frame, interface, seconds * interface->per_second + rest);
    }
    frame->interface = 0;
    if (!check_length(capture, length)) {
        return CAPTURE_ERROR;
    }
    const uint8_t *const bytes = source_view(&reader->source, length, &got);
    if (bytes == NULL) {
        return fail_short(capture);
    }
    set_frame(frame, bytes, length, wire_length);
    return CAPTURE_FRAME;
}

static bool fail_open(capture_t *capture, const char *reason)
{
    const char *const error = capture->reader->source.error;
    capture_fail(capture, "not a capture: %s", error != NULL ? error : reason);
    return false;
}

/* --- btsnoop ------------------------------------------------------------------------------------
 */

static bool make_room(capture_t *capture, size_t length)
{
    capture_reader_t *const reader = capture->reader;
    if (length <= reader->room) {
        return true;
    }
    uint8_t *const grown = realloc(reader->frame, length);
    if (grown == NULL) {
        capture_fail(capture, "out of memory");
        return false;
    }
    reader->frame = grown;
    reader->room = length;
    return true;
}

/* A record: lengths, flags, drops and stamp in network byte order, then H4. Its direction goes before
 * the frame. */
static capture_status_t next_snoop(capture_t *capture, capture_frame_t *frame)
{
    uint8_t header[SNOOP_RECORD] = {0};
    capture_reader_t *const reader = capture->reader;
    const size_t got = source_read(&reader->source, header, sizeof header);
    size_t part = 0;
    if (got < sizeof header) {
        return end_or_short(capture, got);
    }
    const uint32_t length = capture_u32(reader, header + 4);
    if (!check_length(capture, length)) {
        return CAPTURE_ERROR;
    }
    const uint8_t *const bytes = source_view(&reader->source, length, &part);
    if (bytes == NULL) {
        return fail_short(capture);
    }
    if (!make_room(capture, length + DIRECTION)) {
        return CAPTURE_ERROR;
    }
    memset(reader->frame, 0, DIRECTION);
    reader->frame[DIRECTION - 1] = header[11] & 1U;
    memcpy(reader->frame + DIRECTION, bytes, length);
    const uint64_t stamp =
        (uint64_t)capture_u32(reader, header + 16) << 32 | capture_u32(reader, header + 20);
    set_time(frame, &reader->interface[0], stamp > SNOOP_EPOCH ? stamp - SNOOP_EPOCH : 0);
    *frame = (capture_frame_t){.bytes = reader->frame,
                               .length = length + DIRECTION,
                               .wire_length = length + DIRECTION,
                               .seconds = frame->seconds,
                               .nanoseconds = frame->nanoseconds};
    return CAPTURE_FRAME;
}

static bool open_snoop(capture_t *capture)
{
    static const uint8_t one[4] = {0, 0, 0, 1};
    uint8_t header[SNOOP_HEADER];
    capture_reader_t *const reader = capture->reader;
    if (source_read(&reader->source, header, sizeof header) != sizeof header) {
        return fail_open(capture, "truncated, the file ends within its header");
    }
    reader->swapped = false;
    reader->swapped = capture_u32(reader, one) != 1;
    if (memcmp(header, "oop", 4) != 0 || capture_u32(reader, header + 4) != 1) {
        return fail_open(capture, "no btsnoop of version 1");
    }
    const uint32_t link = capture_u32(reader, header + 8);
    if (link != SNOOP_H4) {
        capture_fail(capture, "btsnoop of link type %lu is not supported, only %d (H4)",
                     (unsigned long)link, SNOOP_H4);
        return false;
    }
    reader->snoop = true;
    return add_interface(capture, DLT_BLUETOOTH_HCI_H4_WITH_PHDR, 0);
}

/* --- pcapng -------------------------------------------------------------------------------------
 */

static capture_status_t fail_block(capture_t *capture, const char *what)
{
    capture_fail(capture, "packet %llu: damaged: %s", (unsigned long long)capture->packets + 1,
                 what);
    return CAPTURE_ERROR;
}

static void read_resolution(capture_interface_t *interface, uint8_t code)
{
    const unsigned exponent = code & 0x7fU;
    uint64_t units = 1;
    for (unsigned i = 0; i < exponent && i < ((code & 0x80U) != 0 ? 62U : 18U); ++i) {
        units *= (code & 0x80U) != 0 ? 2U : 10U;
    }
    set_resolution(interface, units);
}

static void read_interface_options(const capture_reader_t *reader, capture_interface_t *interface,
                                   const uint8_t *bytes, size_t length)
{
    size_t at = 0;
    while (at + 4 <= length) {
        const uint16_t code = capture_u16(reader, bytes + at);
        const uint16_t size = capture_u16(reader, bytes + at + 2);
        at += 4;
        if (code == 0 || size > length - at) {
            return;
        }
        if (code == OPTION_RESOLUTION && size == 1) {
            read_resolution(interface, bytes[at]);
        } else if (code == OPTION_OFFSET && size == 8) {
            const bool low_first = capture_u32(reader, bytes + at) != 0;
            interface->offset = capture_u32(reader, bytes + at + (low_first ? 0 : 4));
        }
        at += (size + 3U) & ~3U;
    }
}

static capture_status_t interface_block(capture_t *capture, uint32_t body)
{
    uint8_t bytes[8 + OPTIONS_MAX];
    capture_reader_t *const reader = capture->reader;
    const size_t part = body < sizeof bytes ? body : sizeof bytes;
    if (part < 8) {
        return fail_block(capture, "an interface block that is too short");
    }
    if (source_read(&reader->source, bytes, part) != part ||
        !source_skip(&reader->source, body - part)) {
        return fail_short(capture);
    }
    if (!add_interface(capture, capture_u16(reader, bytes), capture_u32(reader, bytes + 4))) {
        return CAPTURE_ERROR;
    }
    read_interface_options(reader, &reader->interface[reader->interfaces - 1], bytes + 8, part - 8);
    return CAPTURE_END;
}

/* The frame, and whatever is behind it in its block, `rest` bytes with the block's own end. */
static capture_status_t read_frame(capture_t *capture, capture_frame_t *frame, uint32_t length,
                                   uint64_t rest)
{
    source_t *const source = &capture->reader->source;
    size_t got = 0;
    if (!check_length(capture, length)) {
        return CAPTURE_ERROR;
    }
    const bool whole = length + rest <= SOURCE_BUFFER;
    const uint8_t *const bytes = whole ? source_view(source, length + (size_t)rest, &got)
                                       : source_piece(source, length, &got);
    if (bytes == NULL || (!whole && !source_skip(source, rest))) {
        return fail_short(capture);
    }
    set_frame(frame, bytes, length, frame->wire_length);
    return CAPTURE_FRAME;
}

/* The packet blocks: CAPTURE_FRAME with a frame. */
static capture_status_t packet_block(capture_t *capture, uint32_t type, uint32_t body,
                                     capture_frame_t *frame)
{
    capture_reader_t *const reader = capture->reader;
    const uint32_t head_length = type == BLOCK_SIMPLE ? 4 : 20;
    size_t got = 0;
    if (body < head_length) {
        return fail_block(capture, "a packet block that is too short");
    }
    const uint8_t *const head = source_view(&reader->source, head_length, &got);
    if (head == NULL) {
        return fail_short(capture);
    }
    uint32_t number = 0;
    uint64_t stamp = 0;
    frame->wire_length = capture_u32(reader, head + (type == BLOCK_SIMPLE ? 0 : 16));
    uint32_t length = frame->wire_length;
    if (type != BLOCK_SIMPLE) {
        number = type == BLOCK_ENHANCED ? capture_u32(reader, head) : capture_u16(reader, head);
        stamp = (uint64_t)capture_u32(reader, head + 4) << 32 | capture_u32(reader, head + 8);
        length = capture_u32(reader, head + 12);
    }
    if (number >= reader->interfaces) {
        return fail_block(capture, "a packet of an interface that is not described");
    }
    const capture_interface_t *const interface = &reader->interface[number];
    if (type == BLOCK_SIMPLE && interface->snap != 0 && length > interface->snap) {
        length = interface->snap;
    }
    if (length > body - head_length) {
        return fail_block(capture, "a packet that is longer than its block");
    }
    set_time(frame, interface, stamp);
    frame->interface = number;
    return read_frame(capture, frame, length, (uint64_t)body - head_length - length + 4U);
}

/* The section header's length is in the byte order that its magic number shows. */
static capture_status_t section_block(capture_t *capture, const uint8_t *length_bytes)
{
    uint8_t magic[4];
    capture_reader_t *const reader = capture->reader;
    if (source_read(&reader->source, magic, 4) != 4) {
        return fail_short(capture);
    }
    reader->swapped = false;
    reader->swapped = capture_u32(reader, magic) == 0x4d3c2b1aU;
    const uint32_t length = capture_u32(reader, length_bytes);
    if (capture_u32(reader, magic) != 0x1a2b3c4dU || length < BLOCK_FRAME + 16) {
        return fail_block(capture, "a section header that is none");
    }
    forget_interfaces(reader);
    return source_skip(&reader->source, length - 12) ? CAPTURE_END : fail_short(capture);
}

/* Reads one block; CAPTURE_END for one that has no packet. */
static capture_status_t next_block(capture_t *capture, capture_frame_t *frame, bool *more)
{
    uint8_t head[8];
    capture_reader_t *const reader = capture->reader;
    const size_t got = source_read(&reader->source, head, sizeof head);
    *more = got == sizeof head;
    if (!*more) {
        return end_or_short(capture, got);
    }
    const uint32_t type = capture_u32(reader, head);
    if (type == BLOCK_SECTION) {
        return section_block(capture, head + 4);
    }
    const uint32_t length = capture_u32(reader, head + 4);
    if (length < BLOCK_FRAME || length % 4 != 0) {
        return fail_block(capture, "a block length that none has");
    }
    const uint32_t body = length - BLOCK_FRAME;
    if (type == BLOCK_ENHANCED || type == BLOCK_PACKET || type == BLOCK_SIMPLE) {
        return packet_block(capture, type, body, frame);
    }
    const capture_status_t status = type == BLOCK_INTERFACE ? interface_block(capture, body)
                                    : source_skip(&reader->source, (uint64_t)body)
                                        ? CAPTURE_END
                                        : fail_short(capture);
    return status == CAPTURE_END && !source_skip(&reader->source, 4) ? fail_short(capture) : status;
}

static capture_status_t next_packet(capture_t *capture, capture_frame_t *frame)
{
    bool more = true;
    capture_status_t status = CAPTURE_END;
    while (status == CAPTURE_END && more) {
        status = next_block(capture, frame, &more);
    }
    return status;
}

/* --- delivery -----------------------------------------------------------------------------------
 */

/* Whether the frame passes the filter and has a link type that is parsed. */
static bool is_wanted(capture_t *capture, const capture_frame_t *frame)
{
    const capture_interface_t *const interface = &capture->reader->interface[frame->interface];
    if (interface->link == LINK_UNKNOWN) {
        if (capture->skipped++ == 0) {
            --capture->packets;
            say_unsupported(capture, interface->dlt);
            ++capture->packets;
        }
        return false;
    }
    if (!interface->filters) {
        return true;
    }
    const struct pcap_pkthdr header = {.caplen = frame->length, .len = frame->wire_length};
    const bool passes = pcap_offline_filter(&interface->filter, &header, frame->bytes) != 0;
    capture->filtered += passes ? 0 : 1;
    return passes;
}

capture_status_t capture_next(capture_t *capture, capture_frame_t *frame)
{
    capture_status_t status = CAPTURE_FRAME;
    do {
        status = capture->reader->ng      ? next_packet(capture, frame)
                 : capture->reader->snoop ? next_snoop(capture, frame)
                                          : next_record(capture, frame);
        if (status != CAPTURE_FRAME) {
            return status == CAPTURE_END && capture->skipped != 0 ? CAPTURE_ERROR : status;
        }
        ++capture->packets;
    } while (!is_wanted(capture, frame));
    frame->link = capture->reader->interface[frame->interface].link;
    return CAPTURE_FRAME;
}

/* --- opening ------------------------------------------------------------------------------------
 */

/* The size of what the handle reads, 0 unless it is a regular file. */
static uint64_t file_size(int file)
{
    struct stat status;
    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size < 0) {
        return 0;
    }
    return (uint64_t)status.st_size;
}

static bool open_file(capture_t *capture)
{
    const int file =
        strcmp(capture->name, "-") == 0 ? 0 : open(capture->name, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        capture_fail(capture, "%s", strerror(errno));
        return false;
    }
    capture->size = file_size(file);
    capture->reader = calloc(1, sizeof *capture->reader);
    if (capture->reader == NULL || !source_open(&capture->reader->source, file)) {
        capture_fail(capture, "out of memory");
        free(capture->reader);
        capture->reader = NULL;
        close(file);
        return false;
    }
    return true;
}

/* The rest of a pcap header; its magic number says the resolution and the length of records. */
static bool open_pcap(capture_t *capture, uint32_t magic)
{
    uint8_t header[PCAP_HEADER];
    capture_reader_t *const reader = capture->reader;
    if (source_read(&reader->source, header, sizeof header) != sizeof header) {
        return fail_open(capture, "truncated, the file ends within its header");
    }
    reader->record = magic == 0xa1b2cd34U ? 24 : 16;
    const int dlt = (int)(capture_u32(reader, header + 16) & 0x0fffffffU);
    if (!add_interface(capture, dlt, capture_u32(reader, header + 12))) {
        return false;
    }
    set_resolution(&reader->interface[0], magic == 0xa1b23c4dU ? 1000000000U : 1000000U);
    if (capture->link == LINK_UNKNOWN) {
        say_unsupported(capture, dlt);
        return false;
    }
    return true;
}

static bool open_magic(capture_t *capture)
{
    uint8_t bytes[8];
    capture_reader_t *const reader = capture->reader;
    if (source_read(&reader->source, bytes, 4) != 4) {
        return fail_open(capture, "too short");
    }
    for (int swapped = 0; swapped <= 1; ++swapped) {
        reader->swapped = swapped != 0;
        const uint32_t magic = capture_u32(reader, bytes);
        if (magic == 0xa1b2c3d4U || magic == 0xa1b23c4dU || magic == 0xa1b2cd34U) {
            return open_pcap(capture, magic);
        }
    }
    if (capture->hci && memcmp(bytes, "btsn", 4) == 0) {
        return open_snoop(capture);
    }
    if (capture_u32(reader, bytes) != BLOCK_SECTION) {
        return fail_open(capture, capture->hci ? "neither pcap, pcapng nor btsnoop"
                                               : "neither pcap nor pcapng");
    }
    reader->ng = true;
    return source_read(&reader->source, bytes + 4, 4) == 4 &&
           section_block(capture, bytes + 4) == CAPTURE_END;
}

/* The first interfaces of pcapng come before the first packet; a single unsupported one is said
 * when a packet of it comes. */
static bool open_any(capture_t *capture)
{
    if (!open_file(capture)) {
        return false;
    }
    if (!open_magic(capture)) {
        capture_close(capture);
        return false;
    }
    return true;
}

bool capture_open(capture_t *capture, const char *name, const char *filter, bool quiet)
{
    *capture = (capture_t){.name = name, .filter = filter, .quiet = quiet};
    return open_any(capture);
}

bool capture_open_hci(capture_t *capture, const char *name)
{
    *capture = (capture_t){.name = name, .hci = true};
    return open_any(capture);
}

unsigned capture_progress(const capture_t *capture)
{
    if (capture->size == 0) {
        return 0;
    }
    const uint64_t part = capture->reader->source.position * 1000U / capture->size;
    return part > 1000U ? 1000U : (unsigned)part;
}

void capture_close(capture_t *capture)
{
    if (capture->reader == NULL) {
        return;
    }
    forget_interfaces(capture->reader);
    source_close(&capture->reader->source);
    free(capture->reader->interface);
    free(capture->reader->frame);
    free(capture->reader);
    capture->reader = NULL;
}
