/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - lwIP's heap on an arena, with a hook for refused frees. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#ifndef MEM_ALIGNMENT
#    define MEM_ALIGNMENT 8
#endif
#define MEM_SIZE 6000

/* The test's: remembers the message. */
void refused_free(const char *message);
#define LWIP_MEM_ILLEGAL_FREE(message) refused_free(message)

#endif
