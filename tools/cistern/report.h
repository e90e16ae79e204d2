/* SPDX-License-Identifier: BSD-3-Clause */
/* report.h - what a run showed, as a table for people or as JSON for programs. */
#ifndef CISTERN_TOOL_REPORT_H
#define CISTERN_TOOL_REPORT_H

#include <stdbool.h>

#include "options.h"
#include "replay.h"

/* Prints the table of one run on stdout. */
void report_table(const replay_result_t *result, const options_t *options);

/* Says on stderr, in one line each with the file and the first packet, what did not go as it
 * should: packets dropped, cut or malformed, leaks, faults. */
void report_incidents(const replay_result_t *result);

/* JSON of one or more runs. */
typedef struct report_json report_json_t;

/* Begins; NULL if memory is short. */
report_json_t *report_json_begin(void);

/* Adds a run; false if memory is short. */
bool report_json_add(report_json_t *json, const replay_result_t *result, const options_t *options);

/* Adds a capture that could not be replayed: its name and why; false if memory is short. */
bool report_json_add_error(report_json_t *json, const replay_result_t *result);

/* Adds an object, which is then the report's. NULL, and false, if memory is short. */
struct json_t;
bool report_json_add_object(report_json_t *json, struct json_t *run);

/* Prints what was added on stdout, as an array if `array`, and frees it. False if memory is short
 * or stdout takes no more. NULL is ignored: false. */
bool report_json_end(report_json_t *json, bool array);

/* Packets that the receiver dropped, for all reasons. */
uint64_t report_dropped(const replay_result_t *result);

#endif
