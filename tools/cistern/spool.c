/* SPDX-License-Identifier: BSD-3-Clause */
/* spool.c - bytes that are written once and read later.
 *
 *   offset 0 ...... SPOOL_MEMORY ............ end
 *          | memory | temporary file, unlinked |
 *
 * I1  a piece lies in memory or in the file, never in both: spool_take leaves a gap at the border */
#define _GNU_SOURCE /* mkostemp */
#include "spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

uint64_t spool_take(spool_t *spool, size_t length)
{
    if (spool->end < SPOOL_MEMORY && spool->end + length > SPOOL_MEMORY) {
        spool->end = SPOOL_MEMORY;
    }
    const uint64_t offset = spool->end;
    spool->end += length;
    return offset;
}

static bool spool_grow(spool_t *spool, size_t wanted)
{
    size_t room = spool->room == 0 ? 4096 : spool->room;
    while (room < wanted) {
        room *= 2;
    }
    uint8_t *const grown = room == spool->room ? spool->memory : realloc(spool->memory, room);
    if (grown == NULL) {
        return false;
    }
    spool->memory = grown;
    spool->room = room;
    return true;
}

static bool spool_open(spool_t *spool)
{
    char name[4096];
    const char *const folder = getenv("TMPDIR");
    const int length = snprintf(name, sizeof name, "%s/cistern-XXXXXX",
                                folder != NULL && folder[0] != '\0' ? folder : "/tmp");
    spool->file = length > 0 && (size_t)length < sizeof name ? mkostemp(name, O_CLOEXEC) : -1;
    spool->opened = spool->file >= 0;
    if (!spool->opened) {
        perror("cistern: a temporary file cannot be made");
        return false;
    }
    unlink(name);
    return true;
}

bool spool_write(spool_t *spool, uint64_t offset, const void *bytes, size_t length)
{
    if (offset < SPOOL_MEMORY) {
        if (!spool_grow(spool, (size_t)offset + length)) {
            return false;
        }
        memcpy(spool->memory + offset, bytes, length);
        return true;
    }
    if (!spool->opened && !spool_open(spool)) {
        return false;
    }
    for (size_t done = 0; done < length;) {
        const ssize_t wrote = pwrite(spool->file, (const uint8_t *)bytes + done, length - done,
                                     (off_t)(offset - SPOOL_MEMORY + done));
        if (wrote < 0 && errno != EINTR) {
            perror("cistern: a temporary file cannot be written");
            return false;
        }
        done += wrote > 0 ? (size_t)wrote : 0;
    }
    return true;
}

bool spool_read(const spool_t *spool, uint64_t offset, void *bytes, size_t length)
{
    if (offset < SPOOL_MEMORY) {
        memcpy(bytes, spool->memory + offset, length);
        return true;
    }
    for (size_t done = 0; done < length;) {
        const ssize_t got = pread(spool->file, (uint8_t *)bytes + done, length - done,
                                  (off_t)(offset - SPOOL_MEMORY + done));
        if (got == 0 || (got < 0 && errno != EINTR)) {
            perror("cistern: a temporary file cannot be read");
            return false;
        }
        done += got > 0 ? (size_t)got : 0;
    }
    return true;
}

void spool_free(spool_t *spool)
{
    free(spool->memory);
    if (spool->opened) {
        close(spool->file);
    }
    *spool = (spool_t){.memory = NULL};
}
