/* SPDX-License-Identifier: BSD-3-Clause */
/* subject_lwip.h - lwIP's own memp.c. */
#include "lwip/memp.h"

LWIP_MEMPOOL_DECLARE(SUBJECT, BLOCKS, BLOCK_SIZE, "SUBJECT")

static pthread_mutex_t subject_lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

sys_prot_t sys_arch_protect(void)
{
    (void)pthread_mutex_lock(&subject_lock);
    return 0;
}

void sys_arch_unprotect(sys_prot_t state)
{
    (void)state;
    (void)pthread_mutex_unlock(&subject_lock);
}

static bool subject_start(void)
{
    LWIP_MEMPOOL_INIT(SUBJECT);
    return true;
}

static void *subject_get(void)
{
    return LWIP_MEMPOOL_ALLOC(SUBJECT);
}

static void subject_put(void *block)
{
    LWIP_MEMPOOL_FREE(SUBJECT, block);
}

#include "subject_single.h"
