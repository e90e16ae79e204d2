/* registry.h - the engine's side of the registry. */
#ifndef CISTERN_SRC_POOL_REGISTRY_H
#define CISTERN_SRC_POOL_REGISTRY_H

#include "cistern/pool.h"

/* Puts a pool at the end of the registry, unless it stands there already; then its place and link
 * stay. Call it inside the critical section. */
void cistern_pool_register(cistern_pool_t *pool);

#endif
