/* SPDX-License-Identifier: BSD-3-Clause */
/* pages.h - an array of any length of which few elements are in use at a time: some pages of it are in
 * memory, the others in a spool. */
#ifndef CISTERN_TOOL_PAGES_H
#define CISTERN_TOOL_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool.h"

enum { PAGE_ELEMENTS = 32, PAGES_IN_MEMORY = 128 };

typedef struct page {
    uint8_t *element; /* NULL: the place was never used */
    size_t number;
    bool changed; /* since it was read from the spool */
} page_t;

/* All zeros but `size` is an empty one. */
typedef struct pages {
    size_t size;  /* of an element */
    size_t count; /* of elements */
    page_t page[PAGES_IN_MEMORY];
    uint64_t *offset; /* in the spool, of each page that was moved there; else UINT64_MAX */
    size_t offsets;
    size_t offset_room;
    spool_t spool;
} pages_t;

/* Adds an element of zeros: its address, which is valid until the next call for these pages. NULL if
 * memory or the disk is short. */
void *pages_add(pages_t *pages);

/* The same of the element at an index, to be read or to be changed. */
const void *pages_read(pages_t *pages, size_t index);
void *pages_change(pages_t *pages, size_t index);

void pages_free(pages_t *pages);

#endif
