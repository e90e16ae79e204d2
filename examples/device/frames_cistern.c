/* SPDX-License-Identifier: BSD-3-Clause */
/* frames_cistern.c - received frames in a lock-free pool: the interrupt takes them, any thread gives
 * them back, and neither masks an interrupt. */
#include "frames.h"

#include "board.h"
#include "cistern/pool.h"

static union {
    frame_t first;
    unsigned char bytes[CISTERN_POOL_BYTES(DEVICE_FRAMES, sizeof(frame_t), 0)];
} frames_memory;

static _Alignas(64) unsigned char frames_work[CISTERN_POOL_LOCK_FREE_BYTES(DEVICE_FRAMES)];
static cistern_pool_extras_t frames_extras;
static cistern_pool_t frames_pool;

void frames_start(void)
{
    const cistern_pool_config_t config = {.name = "RX_FRAME",
                                          .count = DEVICE_FRAMES,
                                          .size = sizeof(frame_t),
                                          .memory = &frames_memory,
                                          .bytes = sizeof frames_memory,
                                          .extras = &frames_extras};
    frames_extras.strategy = CISTERN_POOL_LOCK_FREE;
    frames_extras.work = frames_work;
    frames_extras.work_bytes = sizeof frames_work;
    if (cistern_pool_init(&frames_pool, &config) != CISTERN_OK) {
        board_panic("the pool of frames cannot be made", __FILE__, __LINE__);
    }
}

frame_t *frames_get(void)
{
    return cistern_pool_get(&frames_pool);
}

void frames_put(frame_t *frame)
{
    (void)cistern_pool_put(&frames_pool, frame);
}

/* --- marks -------------------------------------------------------------------------------------- */

static void frames_mark_pool(cistern_pool_t *pool, mark_t *mark)
{
    cistern_pool_stats_t stats;
    cistern_pool_stats(pool, &stats);
    *mark = (mark_t){.name = (stats.name != NULL) ? stats.name : "-",
                     .size = stats.size,
                     .count = stats.count,
                     .used = stats.count - stats.free,
                     .peak = stats.count - stats.min_free,
                     .failures = stats.failures};
}

/* Every pool of the registry: the one above, and the port's. */
bool frames_mark(unsigned index, mark_t *mark)
{
    cistern_pool_t *pool = cistern_pool_next(NULL);
    for (; index > 0 && pool != NULL; --index) {
        pool = cistern_pool_next(pool);
    }
    if (pool != NULL) {
        frames_mark_pool(pool, mark);
    }
    return pool != NULL;
}
