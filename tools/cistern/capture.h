/* capture.h - frames out of a pcap or pcapng file. */
#ifndef CISTERN_TOOL_CAPTURE_H
#define CISTERN_TOOL_CAPTURE_H

#include <stdint.h>

#include "link.h"

enum { CAPTURE_ERROR_SIZE = 320 };

typedef struct capture {
    const char *name; /* as the user gave it */
    void *pcap;       /* libpcap's handle */
    link_type_t link;
    uint64_t size;                  /* of the file in bytes, 0 when unknown */
    uint64_t packets;               /* delivered so far: the number of the last one */
    char error[CAPTURE_ERROR_SIZE]; /* what went wrong; empty while nothing did */
} capture_t;

/* One frame; its bytes are valid until the next call on the same capture. */
typedef struct capture_frame {
    const uint8_t *bytes;
    uint32_t length;      /* captured bytes */
    uint32_t wire_length; /* bytes the frame had, not below length */
    uint32_t seconds;     /* since the epoch, modulo 2^32 */
} capture_frame_t;

typedef enum capture_status {
    CAPTURE_FRAME,
    CAPTURE_END,
    CAPTURE_ERROR /* what it was is in `error`, and was printed on stderr */
} capture_status_t;

/* Opens a capture. False, with a message in `error` and on stderr, iff it cannot be read, is no
 * capture or has a link type that link.h does not know. Close it afterwards. */
bool capture_open(capture_t *capture, const char *name);

/* Reads the next frame. Memory use does not depend on the capture's length. */
capture_status_t capture_next(capture_t *capture, capture_frame_t *frame);

/* How much of the file was read, 0 to 1000; 0 when its size is unknown. */
unsigned capture_progress(const capture_t *capture);

/* Notes what went wrong and says it on stderr, with the capture's name before it. */
void capture_fail(capture_t *capture, const char *format, ...);

void capture_close(capture_t *capture);

#endif
