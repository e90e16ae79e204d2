/* SPDX-License-Identifier: BSD-3-Clause */
/* subject_libc.c - glibc, or what the build links in its place: SUBJECT_MALLOC and SUBJECT_FREE. */
#include "subject.h"

#ifdef SUBJECT_HEADER
#    include SUBJECT_HEADER
#else
#    include <stdlib.h>
#    define SUBJECT_MALLOC malloc
#    define SUBJECT_FREE   free
#endif

bool subject_start(size_t bytes)
{
    (void)bytes;
    return false;
}

void *subject_malloc(size_t size)
{
    return SUBJECT_MALLOC(size);
}

void subject_free(void *memory)
{
    SUBJECT_FREE(memory);
}
