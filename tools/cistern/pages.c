/* SPDX-License-Identifier: BSD-3-Clause */
/* pages.c - an array of which some pages are in memory.
 *
 *   page n of the array --> place n % PAGES_IN_MEMORY, or the spool at offset[n]
 *
 * I1  a page that is not in its place, and has elements, is in the spool */
#include "pages.h"

#include <stdlib.h>
#include <string.h>

#include "array.h"

static size_t page_bytes(const pages_t *pages)
{
    return PAGE_ELEMENTS * pages->size;
}

/* Moves the page of a place to the spool, where it may have been before. */
static bool move_out(pages_t *pages, page_t *page)
{
    uint64_t *const offset = &pages->offset[page->number];
    if (!page->changed) {
        return true;
    }
    if (*offset == UINT64_MAX) {
        *offset = spool_take(&pages->spool, page_bytes(pages));
    }
    page->changed = false;
    return spool_write(&pages->spool, *offset, page->element, page_bytes(pages));
}

/* Fills a place with a page: from the spool, or with zeros. */
static bool move_in(pages_t *pages, page_t *page, size_t number)
{
    const uint64_t offset = pages->offset[number];
    page->number = number;
    if (offset == UINT64_MAX) {
        memset(page->element, 0, page_bytes(pages));
        return true;
    }
    return spool_read(&pages->spool, offset, page->element, page_bytes(pages));
}

/* The place of a page that the array has, with the page in it; NULL if memory or the disk is short. */
static page_t *place_of(pages_t *pages, size_t number)
{
    page_t *const page = &pages->page[number % PAGES_IN_MEMORY];
    if (page->element != NULL && page->number == number) {
        return page;
    }
    if (page->element == NULL) {
        page->element = malloc(page_bytes(pages));
        return page->element != NULL && move_in(pages, page, number) ? page : NULL;
    }
    return move_out(pages, page) && move_in(pages, page, number) ? page : NULL;
}

const void *pages_read(pages_t *pages, size_t index)
{
    const page_t *const page = place_of(pages, index / PAGE_ELEMENTS);
    return page == NULL ? NULL : page->element + index % PAGE_ELEMENTS * pages->size;
}

void *pages_change(pages_t *pages, size_t index)
{
    page_t *const page = place_of(pages, index / PAGE_ELEMENTS);
    if (page == NULL) {
        return NULL;
    }
    page->changed = true;
    return page->element + index % PAGE_ELEMENTS * pages->size;
}

void *pages_add(pages_t *pages)
{
    if (pages->count % PAGE_ELEMENTS == 0 && pages->count / PAGE_ELEMENTS == pages->offsets) {
        if (!ARRAY_GROW(pages, offset)) {
            return NULL;
        }
        pages->offset[pages->offsets++] = UINT64_MAX;
    }
    void *const added = pages_change(pages, pages->count);
    pages->count += added != NULL ? 1 : 0;
    return added;
}

void pages_free(pages_t *pages)
{
    for (size_t i = 0; i < PAGES_IN_MEMORY; ++i) {
        free(pages->page[i].element);
    }
    free(pages->offset);
    spool_free(&pages->spool);
    *pages = (pages_t){.size = pages->size};
}
