/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - lwIP's heap with its overflow check, but with regions of no bytes. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#define MEM_ALIGNMENT            8
#define MEM_SIZE                 16000
#define MEM_OVERFLOW_CHECK       1
#define MEM_SANITY_REGION_BEFORE 0
#define MEM_SANITY_REGION_AFTER  0

/* The test's: remembers the message. */
void refused_free(const char *message);
#define LWIP_MEM_ILLEGAL_FREE(message) refused_free(message)

#endif
