/* SPDX-License-Identifier: BSD-3-Clause */
/* trace_replay.h - `cistern replay` of a trace: its events through real pools and heaps, as large as
 * the program has them. */
#ifndef CISTERN_TOOL_TRACE_REPLAY_H
#define CISTERN_TOOL_TRACE_REPLAY_H

#include <jansson.h>

/* Replays a trace and prints a table, or with `json` puts an object there, which is the caller's.
 * The exit status. */
int trace_replay(char **file, json_t **json);

#endif
