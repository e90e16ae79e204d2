/* SPDX-License-Identifier: BSD-3-Clause */
/* spool.h - bytes that are written once and read later, of any amount: the first in memory, the rest
 * in a temporary file without a name. */
#ifndef CISTERN_TOOL_SPOOL_H
#define CISTERN_TOOL_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SPOOL_MEMORY = 1 << 22 };

/* All zeros is an empty one. */
typedef struct spool {
    uint8_t *memory; /* offsets 0 to `room` */
    size_t room;
    uint64_t end; /* bytes that are taken */
    bool opened;
    int file; /* offsets from SPOOL_MEMORY on */
} spool_t;

/* Takes `length` bytes: their offset. */
uint64_t spool_take(spool_t *spool, size_t length);

/* Writes, or reads, bytes that are taken. False if memory is short, or after a message if the
 * temporary file cannot be made, written or read. */
bool spool_write(spool_t *spool, uint64_t offset, const void *bytes, size_t length);
bool spool_read(const spool_t *spool, uint64_t offset, void *bytes, size_t length);

/* Bytes that are taken, where they are in memory; else they are read into `buffer`. They are there
 * until the next write. NULL if they cannot be read, as above. */
const void *spool_view(const spool_t *spool, uint64_t offset, void *buffer, size_t length);

void spool_free(spool_t *spool);

/* --- temporary files ------------------------------------------------------------------------ */

enum { SPOOL_NAME = 4096 };

/* A name for mkstemp or mkdtemp in the folder for temporary files: TMPDIR, or /tmp. */
void spool_name(char name[SPOOL_NAME]);

/* Says that something cannot be done with a temporary file or folder, and why (errno). */
void spool_fail(const char *what, const char *name);

/* True if the spool failed so: memory is not what is short. */
bool spool_has_failed(void);

#endif
