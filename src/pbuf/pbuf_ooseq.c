/* SPDX-License-Identifier: BSD-3-Clause */
/* pbuf_ooseq.c - an empty PBUF_POOL, told to a stack that may hold segments out of order.
 *
 *   pool empty --> pbuf_pool_is_empty --> pending, PBUF_POOL_FREE_OOSEQ_QUEUE_CALL() --> ...
 *   ... --> the stack's thread, or PBUF_CHECK_FREE_OOSEQ() --> pbuf_free_ooseq --> not pending
 *
 * I1  between the first and the last step the stack is asked once, not again.
 *
 * Options, for lwipopts.h:
 * | option                            | default | effect                                              |
 * |-----------------------------------|---------|-----------------------------------------------------|
 * | TCP_QUEUE_OOSEQ                   | lwIP's  | with LWIP_TCP: segments may lie out of order        |
 * | PBUF_POOL_FREE_OOSEQ              | 1       | 0: an empty PBUF_POOL does not ask for them         |
 * | PBUF_POOL_IS_EMPTY()              | asks    | what an allocation runs that found PBUF_POOL empty  |
 * | PBUF_POOL_FREE_OOSEQ_QUEUE_CALL() | below   | has pbuf_free_ooseq run in the stack's thread       |
 *
 * By default QUEUE_CALL posts a message to lwIP's thread; with NO_SYS 1 and without lwIP's tree it does
 * nothing.
 *
 * pbuf_free_ooseq is the stack's; only with lwIP's own tree it is here, at the end of the file,
 * since lwIP keeps it beside its packet buffers.
 */
#include "pbuf_priv.h"

#if CISTERN_PBUF_OOSEQ

#    ifndef CISTERN_STANDALONE
#        include "lwip/priv/tcp_priv.h"
#        include "lwip/tcpip.h"
#    endif

volatile u8_t pbuf_free_ooseq_pending;

#    if !defined PBUF_POOL_FREE_OOSEQ_QUEUE_CALL && !defined CISTERN_STANDALONE && !NO_SYS
static void free_ooseq_in_tcpip_thread(void *unused)
{
    LWIP_UNUSED_ARG(unused);
    pbuf_free_ooseq();
}

/* No room in the thread's mailbox: the next allocation that finds the pool empty asks again. */
static void queue_call(void)
{
    if (tcpip_try_callback(free_ooseq_in_tcpip_thread, NULL) != ERR_OK) {
        pbuf_free_ooseq_pending = 0;
    }
}
#        define PBUF_POOL_FREE_OOSEQ_QUEUE_CALL() queue_call()
#    endif

#    ifndef PBUF_POOL_FREE_OOSEQ_QUEUE_CALL
#        define PBUF_POOL_FREE_OOSEQ_QUEUE_CALL() ((void)0)
#    endif

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

#    ifndef CISTERN_STANDALONE
/* Frees the segments that one connection holds out of order: the first that holds any. */
void pbuf_free_ooseq(void)
{
    pbuf_free_ooseq_pending = 0;
    for (struct tcp_pcb *pcb = tcp_active_pcbs; pcb != NULL; pcb = pcb->next) {
        if (pcb->ooseq != NULL) {
            tcp_free_ooseq(pcb);
            return;
        }
    }
}
#    endif

#else

/* Nothing to tell: ISO C wants a translation unit to hold something. */
typedef int pbuf_ooseq_is_off_t;

#endif
