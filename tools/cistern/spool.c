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

/* Every spool of the program: the first failure is said, and is what its end is about. */
static bool has_failed;

void spool_name(char name[SPOOL_NAME])
{
    const char *const folder = getenv("TMPDIR");
    const int length = snprintf(name, SPOOL_NAME, "%s/cistern-XXXXXX",
                                folder != NULL && folder[0] != '\0' ? folder : "/tmp");
    if (length < 0 || length >= SPOOL_NAME) { /* a name that no call accepts */
        name[0] = '\0';
    }
}

void spool_fail(const char *what, const char *name)
{
    if (!has_failed) {
        fprintf(stderr, "cistern: a temporary file cannot be %s%s%s: %s\n", what,
                name != NULL ? ": " : "", name != NULL ? name : "", strerror(errno));
    }
    has_failed = true;
}

bool spool_has_failed(void)
{
    return has_failed;
}

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
    char name[SPOOL_NAME];
    spool_name(name);
    spool->file = mkostemp(name, O_CLOEXEC);
    spool->opened = spool->file >= 0;
    if (!spool->opened) {
        spool_fail("made", name);
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
            spool_fail("written", NULL);
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
            spool_fail("read", NULL);
            return false;
        }
        done += got > 0 ? (size_t)got : 0;
    }
    return true;
}

const void *spool_view(const spool_t *spool, uint64_t offset, void *buffer, size_t length)
{
    if (offset < SPOOL_MEMORY) {
        return spool->memory + offset;
    }
    return spool_read(spool, offset, buffer, length) ? buffer : NULL;
}

void spool_free(spool_t *spool)
{
    free(spool->memory);
    if (spool->opened) {
        close(spool->file);
    }
    *spool = (spool_t){.memory = NULL};
}
