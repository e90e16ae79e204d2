/* SPDX-License-Identifier: BSD-3-Clause */
/* options.h - the command line. */
#ifndef CISTERN_TOOL_OPTIONS_H
#define CISTERN_TOOL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Exit statuses, the worst one met. */
enum {
    STATUS_OK = 0,
    STATUS_USAGE = 1, /* bad command line, too little memory, or no place for the output */
    STATUS_INPUT = 2, /* a capture that cannot be replayed, or not to its end */
    STATUS_FAULT = 3, /* a leak, or misuse seen by the library */
    STATUS_SHORT = 4  /* size --verify: the configuration does not suffice */
};

typedef struct options {
    size_t pool_count;  /* elements of PBUF_POOL */
    uint16_t pool_size; /* bytes of payload of one element, a multiple of the alignment */
    size_t heap;        /* bytes of the heap's arena */
    bool threads;       /* receiver and worker are threads of their own */
    bool drop;          /* drop when the pool is empty or the mailbox full, instead of waiting */
    bool flood;         /* at the host's speed, all frames as received */
    const char *device; /* whose memory; NULL: found in the capture */
    const char *filter; /* BPF, or NULL */
    int64_t service;    /* microseconds to process a frame; -1: from the capture */
    uint64_t link_rate; /* bits per second; 0: frames come when they were stamped */
    bool json;
    int files;   /* number of captures */
    char **file; /* their names, in the caller's argv */
} options_t;

typedef enum command {
    COMMAND_REPLAY,
    COMMAND_HELP,
    COMMAND_VERSION,
    COMMAND_ERROR /* a message was printed on stderr */
} command_t;

/* Reads the command line of main. */
command_t options_parse(options_t *options, int argc, char **argv);

/* Prints the manual on stdout. */
void options_help(void);

#endif
