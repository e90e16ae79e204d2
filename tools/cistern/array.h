/* SPDX-License-Identifier: BSD-3-Clause */
/* array.h - arrays that grow. */
#ifndef CISTERN_TOOL_ARRAY_H
#define CISTERN_TOOL_ARRAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

/* Room for one element behind the `count` that there are. False, and nothing changes, if memory is
 * short. */
static inline bool array_grow(void **array, size_t count, size_t *room, size_t size)
{
    if (count < *room) {
        return true;
    }
    const size_t wanted = *room == 0 ? 16 : *room * 2;
    void *const grown = realloc(*array, wanted * size);
    if (grown == NULL) {
        return false;
    }
    *array = grown;
    *room = wanted;
    return true;
}

/* ARRAY_GROW(s, item): s->item, s->items and s->item_room. */
#define ARRAY_GROW(owner, item)                                                                    \
    array_grow((void **)&(owner)->item, (owner)->item##s, &(owner)->item##_room,                   \
               sizeof *(owner)->item)

#endif
