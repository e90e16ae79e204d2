/* SPDX-License-Identifier: BSD-3-Clause */
/* lwip_probe.h - what an lwipopts.h expands options to, through the C preprocessor. */
#ifndef CISTERN_TOOL_LWIP_PROBE_H
#define CISTERN_TOOL_LWIP_PROBE_H

#include <stdbool.h>
#include <stdio.h>

#include "lwip_options.h"

/* The expansion of each option, or NULL, and the line that defines it. */
typedef struct expansions {
    char *text[OPTION_COUNT];
    char *file[OPTION_COUNT];
    unsigned line[OPTION_COUNT];
} expansions_t;

/* Reads the file at `path`, which messages call `file`. False, after a message, if the preprocessor
 * fails. */
bool expansions_read(expansions_t *expansions, const char *file, const char *path,
                     const char *compiler);

/* Keeps what the preprocessor printed of options. */
void expansions_keep(expansions_t *expansions, FILE *output);

void expansions_free(expansions_t *expansions);

#endif
