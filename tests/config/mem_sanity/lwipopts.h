/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - lwIP's heap, first fit, verified as a whole after each free; asserts compiled out. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#define MEM_ALIGNMENT                          8
#define MEM_SIZE                               6000
#define MEM_FIT                                first
#define MEM_SANITY_CHECK                       1
#define LWIP_NOASSERT                          1
#define LWIP_ALLOW_MEM_FREE_FROM_OTHER_CONTEXT 1

/* The test's: remembers the message. */
void refused_free(const char *message);
#define LWIP_MEM_ILLEGAL_FREE(message) refused_free(message)

#endif
