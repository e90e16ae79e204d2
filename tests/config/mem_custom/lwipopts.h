/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - mem_malloc is the user's allocator. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#include <stddef.h>

#ifndef MEM_ALIGNMENT
#    define MEM_ALIGNMENT 8
#endif

/* The test's. */
void *user_malloc(size_t size);
void user_free(void *memory);
void *user_calloc(size_t count, size_t size);
#ifdef USER_CLIB /* lwIP's names for another C library's heap, which need not have a calloc */
#    define MEM_LIBC_MALLOC 1
#    define mem_clib_malloc user_malloc
#    define mem_clib_free   user_free
#else
#    define MEM_CUSTOM_ALLOCATOR 1
#    define MEM_CUSTOM_MALLOC    user_malloc
#    define MEM_CUSTOM_FREE      user_free
#    define MEM_CUSTOM_CALLOC    user_calloc
#endif

#endif
