/* SPDX-License-Identifier: BSD-3-Clause */
/* lwIP's face: a private pool, a packet buffer from the PBUF_POOL, and the heap. */
#include <stdio.h>

#include "lwip/mem.h"
#include "lwip/memp.h"
#include "lwip/pbuf.h"
#include "lwip/stats.h"

LWIP_MEMPOOL_DECLARE(SENSOR, 4, 24, "SENSOR")

int main(void)
{
    stats_init();
    mem_init();
    memp_init();
    LWIP_MEMPOOL_INIT(SENSOR);

    void *const sample = LWIP_MEMPOOL_ALLOC(SENSOR);
    struct pbuf *const packet = pbuf_alloc(PBUF_RAW, 1514, PBUF_POOL);
    printf("packet of %u bytes in %u buffers\n", (unsigned)packet->tot_len,
           (unsigned)pbuf_clen(packet));
    pbuf_free(packet);
    LWIP_MEMPOOL_FREE(SENSOR, sample);
    LWIP_MEMPOOL_FREE(SENSOR, sample); /* a mistake: reported, refused, harmless */
    printf("PBUF_POOL: at most %u of %u in use\n", (unsigned)lwip_stats.memp[MEMP_PBUF_POOL]->max,
           (unsigned)lwip_stats.memp[MEMP_PBUF_POOL]->avail);
    return 0;
}
