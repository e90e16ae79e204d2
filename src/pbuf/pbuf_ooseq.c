/* pbuf_ooseq.c - an empty PBUF_POOL, told to a stack that may hold segments out of order.
 *
 * The stack provides pbuf_free_ooseq; this file only says, once until that has run, that it is
 * time.
 */
#include "pbuf_priv.h"

#ifndef PBUF_POOL_FREE_OOSEQ_QUEUE_CALL
#    define PBUF_POOL_FREE_OOSEQ_QUEUE_CALL() ((void)0)
#endif

#if CISTERN_PBUF_OOSEQ
volatile u8_t pbuf_free_ooseq_pending;

void pbuf_pool_is_empty(void)
{
    const cistern_critical_t state = cistern_critical_enter();
    const u8_t was_pending = pbuf_free_ooseq_pending;
    pbuf_free_ooseq_pending = 1;
    cistern_critical_leave(state);
    if (was_pending == 0) {
        PBUF_POOL_FREE_OOSEQ_QUEUE_CALL();
    }
}
#else
/* Nothing to tell: ISO C wants a translation unit to hold something. */
typedef int pbuf_ooseq_is_off_t;
#endif
