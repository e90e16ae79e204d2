/* footprint.c - the smallest use of a pool, to see how much code and memory it brings along: init,
 * get, put. With FOOTPRINT_LWIP of lwIP's memp.c, otherwise of ours: a static pool, which is ready
 * for use without a call; with FOOTPRINT_LISTED it is in the registry too. */
#include <stddef.h>

#define FOOTPRINT_BLOCKS 16
#define FOOTPRINT_SIZE   32

void footprint(void);

#ifdef FOOTPRINT_LWIP

#    include "lwip/memp.h"

LWIP_MEMPOOL_DECLARE(FOOTPRINT, FOOTPRINT_BLOCKS, FOOTPRINT_SIZE, "FOOTPRINT")

void footprint(void)
{
    LWIP_MEMPOOL_INIT(FOOTPRINT);
    LWIP_MEMPOOL_FREE(FOOTPRINT, LWIP_MEMPOOL_ALLOC(FOOTPRINT));
}

#else

#    include "cistern/fault.h"
#    include "cistern/pool.h"

typedef struct footprint_block {
    long long content[FOOTPRINT_SIZE / sizeof(long long)];
} footprint_block_t;

CISTERN_POOL_DEFINE(footprint, footprint_block_t, FOOTPRINT_BLOCKS, );

/* The reporter is not counted: every engine shares it. */
void cistern_fault_raise(const cistern_fault_t *fault)
{
    (void)fault;
}

#    ifdef FOOTPRINT_LISTED

static void list(void)
{
    (void)footprint_init();
}

#    else

static void list(void) {}

#    endif

void footprint(void)
{
    list();
    (void)footprint_put(footprint_get());
}

#endif
