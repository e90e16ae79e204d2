/* SPDX-License-Identifier: BSD-3-Clause */
/* capture.h - frames out of a pcap or pcapng file, plain or gzip.
 *
 * Words: an *interface* is where frames were recorded; pcap has one, a section of pcapng any
 * number, each with a link type, a snap length and a resolution of its stamps of its own. */
#ifndef CISTERN_TOOL_CAPTURE_H
#define CISTERN_TOOL_CAPTURE_H

#include <stdint.h>

#include "link.h"
#include "source.h"

enum { CAPTURE_ERROR_SIZE = 320, CAPTURE_FRAME_MAX = 1 << 24 };

typedef struct capture {
    const char *name;   /* as the user gave it */
    const char *filter; /* BPF expression that frames must pass, or NULL */
    link_type_t link;   /* of the first interface */
    bool hci;           /* it is one of Bluetooth HCI */
    bool quiet;         /* nothing is printed on stderr */
    bool mixed;         /* interfaces have different link types */
    uint64_t size;      /* of the file in bytes, 0 when unknown */
    uint64_t packets;   /* read so far: the number of the last one */
    uint64_t filtered;  /* of them not delivered, since the filter rejects them */
    uint64_t skipped;   /* of them not delivered, since their link type is not supported */
    char error[CAPTURE_ERROR_SIZE]; /* what went wrong; empty while nothing did */
    struct capture_reader *reader;  /* NULL: closed */
} capture_t;

/* One frame; its bytes are valid until the next call on the same capture. */
typedef struct capture_frame {
    const uint8_t *bytes;
    uint32_t length;      /* captured bytes */
    uint32_t wire_length; /* bytes the frame had, not below length */
    uint32_t seconds;     /* since the epoch, modulo 2^32 */
    uint64_t nanoseconds; /* since the epoch, the stamp in full */
    uint32_t interface;   /* from 0 in each section */
    link_type_t link;     /* never LINK_UNKNOWN */
} capture_frame_t;

typedef enum capture_status {
    CAPTURE_FRAME,
    CAPTURE_END,
    CAPTURE_ERROR /* what it was is in `error`, and was printed on stderr */
} capture_status_t;

/* Opens a capture. False, with a message in `error` and on stderr, if it cannot be read, is no
 * capture, has one link type that link.h does not support, or the filter does not compile. Close it
 * afterwards if it was opened. A quiet capture says nothing on stderr: it was read before. */
bool capture_open(capture_t *capture, const char *name, const char *filter, bool quiet);

/* The same of a capture of Bluetooth HCI: pcap, pcapng or btsnoop, which is delivered as
 * LINK_HCI_DIRECTION. */
bool capture_open_hci(capture_t *capture, const char *name);

/* Reads the next frame. Memory use does not depend on the capture's length. */
capture_status_t capture_next(capture_t *capture, capture_frame_t *frame);

/* How much of the file was read, 0 to 1000; 0 when its size is unknown. */
unsigned capture_progress(const capture_t *capture);

/* Notes what went wrong and says it on stderr, with the capture's name before it. */
void capture_fail(capture_t *capture, const char *format, ...);

void capture_close(capture_t *capture);

#endif
