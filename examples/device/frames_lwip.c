/* SPDX-License-Identifier: BSD-3-Clause */
/* frames_lwip.c - the same on lwIP's own memory code: a pool of memp, which masks interrupts. */
#include "frames.h"

#include "lwip/memp.h"
#include "lwip/stats.h"

LWIP_MEMPOOL_DECLARE(RX_FRAME, DEVICE_FRAMES, sizeof(frame_t), "RX_FRAME")

void frames_start(void)
{
    LWIP_MEMPOOL_INIT(RX_FRAME);
}

frame_t *frames_get(void)
{
    return LWIP_MEMPOOL_ALLOC(RX_FRAME);
}

void frames_put(frame_t *frame)
{
    LWIP_MEMPOOL_FREE(RX_FRAME, frame);
}

/* --- marks -------------------------------------------------------------------------------------- */

bool frames_mark(unsigned index, mark_t *mark)
{
    const struct stats_mem *const stats = memp_RX_FRAME.stats;
    *mark = (mark_t){.name = "RX_FRAME",
                     .size = memp_RX_FRAME.size,
                     .count = stats->avail,
                     .used = stats->used,
                     .peak = stats->max,
                     .failures = stats->err};
    return index == 0;
}
