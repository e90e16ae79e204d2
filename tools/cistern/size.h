/* SPDX-License-Identifier: BSD-3-Clause */
/* size.h - `cistern size`: from captures to the sizes of a device's pools and heap.
 *
 * docs/size.md says how the parts follow each other. */
#ifndef CISTERN_TOOL_SIZE_H
#define CISTERN_TOOL_SIZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "account.h"
#include "classes.h"
#include "fit.h"
#include "ledger.h"
#include "lwip_options.h"
#include "survey.h"

enum { SIZE_TEXT = 160, SIZE_NAME = 200, SIZE_VERDICT = 512 };

typedef enum size_format {
    SIZE_FORMAT_TEXT,
    SIZE_FORMAT_JSON,
    SIZE_FORMAT_LWIPOPTS,
    SIZE_FORMAT_LWIPPOOLS,
    SIZE_FORMAT_SYSCFG,
    SIZE_FORMAT_SDKCONFIG
} size_format_t;

/* The command line. */
typedef struct size_options {
    const char *device;
    const char *opts;     /* lwipopts.h of the device that was captured */
    const char *verify;   /* lwipopts.h that is to be judged */
    const char *compiler; /* whose preprocessor reads them */
    const char *summary;  /* file to write */
    const char *report;   /* page to write */
    const char *filter;
    unsigned pointer;     /* bits */
    int64_t service;      /* microseconds; -1: from the captures */
    uint64_t rtt;         /* milliseconds */
    double loss;          /* percent */
    double margin;        /* percent */
    uint32_t connections; /* peers to plan for; 0: those recorded */
    unsigned classes;     /* at most, of pool-based malloc */
    heap_kind_t heap;     /* that MEM_SIZE is printed for */
    bool hci;             /* the captures are of Bluetooth HCI */
    bool each;            /* every capture has a device of its own */
    size_format_t format;
    int files;
    char **file;
} size_options_t;

/* Where and why a level was highest. */
typedef struct size_peak {
    int64_t amount;
    uint64_t packet; /* in its file; 0: never taken */
    double seconds;  /* since the file's first packet */
    char file[SIZE_NAME];
    char cause[SIZE_TEXT]; /* and the connection */
} size_peak_t;

/* One pool, or the heap as lwIP's statistics count it. */
typedef struct size_row {
    int64_t least; /* of the peak: certainly held */
    size_peak_t peak;
    int64_t per_connection; /* at most; 0 where it does not depend on connections */
} size_row_t;

/* What the captures, or summaries of them, need. All that is kept of them. */
typedef struct size_demand {
    size_row_t row[RESOURCE_COUNT];
    size_t heap[HEAP_KINDS]; /* least MEM_SIZE; 0: unknown or none */
    demand_t malloc;         /* of pool-based malloc */
    int64_t connections;     /* open at once */
    uint64_t packets;
    uint64_t files;
    unsigned pointer;
    size_t alignment;
    int64_t mss; /* TCP_MSS, TCP_WND and PBUF_POOL_BUFSIZE that it was derived with */
    int64_t window;
    int64_t element;
    char device[SIZE_TEXT];
} size_demand_t;

/* The proof for one row. */
typedef struct size_proof {
    uint64_t failures; /* with what is needed: 0 */
    uint64_t packet;   /* at which one less fails */
    char file[SIZE_NAME];
    uint64_t now_packet; /* at which what is there now fails; 0: it does not */
    char now_file[SIZE_NAME];
} size_proof_t;

/* A class of pool-based malloc, and where one element less fails. */
typedef struct size_choice {
    size_class_t class[CLASSES_MOST];
    uint64_t packet[CLASSES_MOST];
    size_t classes;
    size_t bytes;
} size_choice_t;

typedef struct size_result {
    const size_options_t *options;
    lwip_options_t device; /* the options of the device that was captured */
    lwip_options_t now;    /* those that are judged */
    target_t target;
    size_demand_t demand;
    size_proof_t proof[RESOURCE_COUNT];
    uint64_t heap_below[HEAP_KINDS]; /* packet at which a step less fails */
    size_choice_t choice;
    bool proved;      /* there were captures to replay */
    bool complete;    /* every input was read to its end */
    uint64_t service; /* microseconds */
    uint64_t duplicates;
    uint64_t super;
    uint64_t sent;
    uint64_t received;
    uint64_t passed;
    const struct trace_log *trace; /* NULL: the input was captures */
    struct json_t *traffic;        /* what --report shows of the captures; NULL: nothing */
} size_result_t;

/* Runs the command; its exit status. */
int size_run(const size_options_t *options);

/* Says that memory was short, unless a temporary file was what failed, and was said to have: the
 * exit status. */
int size_fail_memory(void);

/* Reads the arguments behind the word size. False, after a message, if they are wrong. */
bool size_options_parse(size_options_t *options, int argc, char **argv);
void size_help(void);

/* --- what is needed
 * ------------------------------------------------------------------------------- */

/* What a resource needs: the peak, the connections planned for, the margin. */
int64_t size_needed(const size_result_t *result, resource_t resource);
size_t size_needed_heap(const size_result_t *result, heap_kind_t kind);

/* Bytes that an amount of a resource takes on the target. */
int64_t size_bytes(const size_result_t *result, resource_t resource, int64_t amount);

/* What events are called: those of captures are packets. */
const char *size_unit(const size_result_t *result);

/* True if the row is shown: the device has it, or took of it. */
bool size_shows(const size_result_t *result, resource_t resource);

/* True if what is there now is less. A mailbox of size 0 has the port's own default. */
bool size_is_short(const size_result_t *result, resource_t resource);

/* --- outputs
 * -------------------------------------------------------------------------------------- */

void size_print_text(const size_result_t *result);
bool size_print_json(const size_result_t *result);

/* What it prints; the caller's. NULL if memory is short. */
struct json_t *size_json(const size_result_t *result);

/* A string of any bytes: those that are no UTF-8 become '?'. */
struct json_t *size_json_text(const char *value);

void size_print_lwipopts(FILE *out, const size_result_t *result);
void size_print_lwippools(FILE *out, const size_result_t *result);
void size_print_syscfg(FILE *out, const size_result_t *result);
void size_print_sdkconfig(FILE *out, const size_result_t *result);

/* One sentence; `text` holds SIZE_VERDICT bytes. Returns whether what is there now suffices. */
bool size_verdict(const size_result_t *result, char *text);

/* lwIP's own conditions between options that the configuration `now` does not meet, or that the
 * recommended one would not: one line each through `say`. Returns how many. */
typedef void size_say_t(void *context, const char *line);
int size_sanity(const size_result_t *result, bool recommended, size_say_t *say, void *context);

/* --- summaries
 * ------------------------------------------------------------------------------------ */

/* True if the file begins as a summary does. */
bool summary_is(const char *file);

/* Reads a summary into an empty demand. False, after a message, if it is damaged. */
bool summary_read(size_demand_t *demand, const char *file);
bool summary_write(const size_demand_t *demand, const char *file);

/* Adds `other`: the larger of both. False, after a message, if they are for different targets. */
bool summary_merge(size_demand_t *demand, const size_demand_t *other);

#endif
