/* SPDX-License-Identifier: BSD-3-Clause */
/* pages.c - what the HTTP server has beside lwIP's own pages, made while it is sent.
 *
 *   /data        1 MB: word k is k * 2654435761 modulo 2^32, lowest byte first
 *   /stats       the marks of heap and pools and the driver's counts as text
 *   /stats.json  the same as JSON
 *
 * A page is a row of pieces, each made in the server's buffer when its turn comes; no page lies in
 * memory. `index` of a file is the number of bytes that were made, its extension the next piece. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "frames.h"
#include "card.h"
#include "lwip/apps/fs.h"
#include "lwip/def.h"
#include "lwip/memp.h"
#include "lwip/stats.h"

#define PAGES_DATA_BYTES (1024 * 1024)
#define PAGES_MULTIPLIER 2654435761U
#define PAGES_END        (-1) /* of pages_piece: there is no such piece */

/* Writes piece `number` and returns its length, PAGES_END behind the last one, or what snprintf would
 * return if `size` does not suffice. */
typedef int pages_piece_t(unsigned number, char *buffer, size_t size);

typedef struct page {
    const char *path;
    pages_piece_t *piece;
} page_t;

/* --- numbers ------------------------------------------------------------------------------------- */

typedef struct pages_count {
    const char *name;
    const volatile uint32_t *value;
} pages_count_t;

static const pages_count_t pages_counts[] = {
    {"received", &card_counts.received}, {"dropped", &card_counts.dropped},
    {"damaged", &card_counts.damaged},   {"sent", &card_counts.sent},
    {"refused", &card_counts.refused},
};

/* --- marks --------------------------------------------------------------------------------------- */

static const char *const pages_pools[] = {
#define LWIP_MEMPOOL(name, number, size, description) #name,
#include "lwip/priv/memp_std.h"
};

static void pages_mark_stats(const struct stats_mem *stats, const char *name, size_t size,
                             mark_t *mark)
{
    *mark = (mark_t){.name = name,
                     .size = size,
                     .count = stats->avail,
                     .used = stats->used,
                     .peak = stats->max,
                     .failures = stats->err};
}

/* Row `index` of the marks: the heap, lwIP's pools, the others; false behind the last one. */
static bool pages_mark(unsigned index, mark_t *mark)
{
    if (index == 0) {
        pages_mark_stats(&lwip_stats.mem, "HEAP", 1, mark);
        return true;
    }
    if (index <= LWIP_ARRAYSIZE(pages_pools)) {
        const unsigned pool = index - 1U;
        pages_mark_stats(lwip_stats.memp[pool], pages_pools[pool], memp_pools[pool]->size, mark);
        return true;
    }
    return frames_mark(index - LWIP_ARRAYSIZE(pages_pools) - 1U, mark);
}

/* --- text ---------------------------------------------------------------------------------------- */

static int pages_text_mark(unsigned number, char *buffer, size_t size)
{
    mark_t mark;
    return pages_mark(number, &mark)
               ? snprintf(buffer, size, "%-16s %6u %6u %6u %6u %8u\n", mark.name,
                          (unsigned)mark.size, (unsigned)mark.count, (unsigned)mark.used,
                          (unsigned)mark.peak, (unsigned)mark.failures)
               : PAGES_END;
}

/* Counts, then the head of the table, then its rows. */
static int pages_text(unsigned number, char *buffer, size_t size)
{
    if (number == 0) {
        return snprintf(buffer, size, "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n");
    }
    if (number <= LWIP_ARRAYSIZE(pages_counts)) {
        const pages_count_t *const count = &pages_counts[number - 1U];
        return snprintf(buffer, size, "frames %-9s %6" PRIu32 "\n", count->name, *count->value);
    }
    if (number == LWIP_ARRAYSIZE(pages_counts) + 1U) {
        return snprintf(buffer, size, "\n%-16s %6s %6s %6s %6s %8s\n", "pool", "size", "count",
                        "used", "peak", "failures");
    }
    return pages_text_mark(number - LWIP_ARRAYSIZE(pages_counts) - 2U, buffer, size);
}

/* --- JSON ---------------------------------------------------------------------------------------- */

static int pages_json_mark(unsigned number, char *buffer, size_t size)
{
    mark_t mark;
    return pages_mark(number, &mark)
               ? snprintf(buffer, size,
                          "%s{\"name\":\"%s\",\"size\":%u,\"count\":%u,\"used\":%u,\"peak\":%u,"
                          "\"failures\":%u}",
                          (number == 0) ? "" : ",", mark.name, (unsigned)mark.size,
                          (unsigned)mark.count, (unsigned)mark.used, (unsigned)mark.peak,
                          (unsigned)mark.failures)
               : PAGES_END;
}

static unsigned pages_marks(void)
{
    mark_t mark;
    unsigned count = 0;
    while (pages_mark(count, &mark)) {
        ++count;
    }
    return count;
}

static int pages_json(unsigned number, char *buffer, size_t size)
{
    if (number == 0) {
        return snprintf(buffer, size, "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{");
    }
    if (number <= LWIP_ARRAYSIZE(pages_counts)) {
        const pages_count_t *const count = &pages_counts[number - 1U];
        return snprintf(buffer, size, "\"%s\":%" PRIu32 ",", count->name, *count->value);
    }
    number -= LWIP_ARRAYSIZE(pages_counts) + 1U;
    if (number == 0) {
        return snprintf(buffer, size, "\"pools\":[");
    }
    const int length = pages_json_mark(number - 1U, buffer, size);
    if (length == PAGES_END && number == pages_marks() + 1U) {
        return snprintf(buffer, size, "]}\n");
    }
    return length;
}

/* --- data ---------------------------------------------------------------------------------------- */

#define PAGES_DATA_PIECE 64U

static int pages_data(unsigned number, char *buffer, size_t size)
{
    if (number == 0) {
        return snprintf(buffer, size, "HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n",
                        PAGES_DATA_BYTES);
    }
    if (number > PAGES_DATA_BYTES / PAGES_DATA_PIECE) {
        return PAGES_END;
    }
    if (size > PAGES_DATA_PIECE) {
        uint32_t word = (number - 1U) * (PAGES_DATA_PIECE / 4U) * PAGES_MULTIPLIER;
        for (unsigned i = 0; i < PAGES_DATA_PIECE; i += 4U, word += PAGES_MULTIPLIER) {
            memcpy(buffer + i, &word, sizeof word); /* this processor has it so */
        }
    }
    return (int)PAGES_DATA_PIECE;
}

/* --- the server's files -------------------------------------------------------------------------- */

static const page_t pages[] = {
    {"/data", pages_data}, {"/stats", pages_text}, {"/stats.json", pages_json}};

/* An open file: which page, in the upper bits of its extension, and the next piece. */
#define PAGES_SHIFT 24U

static void pages_set(struct fs_file *file, unsigned page, unsigned piece)
{
    file->pextension = (void *)((uintptr_t)page << PAGES_SHIFT | piece);
}

int fs_open_custom(struct fs_file *file, const char *name)
{
    for (unsigned i = 0; i < LWIP_ARRAYSIZE(pages); ++i) {
        if (strcmp(name, pages[i].path) == 0) {
            memset(file, 0, sizeof *file);
            file->len = INT32_MAX; /* its end shows when it comes */
            file->flags = FS_FILE_FLAGS_HEADER_INCLUDED;
            pages_set(file, i, 0);
            return 1;
        }
    }
    return 0;
}

void fs_close_custom(struct fs_file *file)
{
    (void)file;
}

/* As many whole pieces as there is space for. The server ends the page when there is none. */
int fs_read_custom(struct fs_file *file, char *buffer, int count)
{
    const unsigned page = (unsigned)((uintptr_t)file->pextension >> PAGES_SHIFT);
    unsigned piece = (unsigned)((uintptr_t)file->pextension & ((1U << PAGES_SHIFT) - 1U));
    int filled = 0;
    int length = 0;
    while ((length = pages[page].piece(piece, buffer + filled, (size_t)(count - filled))) !=
               PAGES_END &&
           length < count - filled) {
        filled += length;
        ++piece;
    }
    pages_set(file, page, piece);
    file->index += filled;
    return (filled > 0) ? filled : FS_READ_EOF;
}
