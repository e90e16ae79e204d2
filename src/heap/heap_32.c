/* heap_32.c - the heap with 32-bit indices: arenas up to 4 GB. */
#include "cistern/heap.h"

#if CISTERN_HEAP_HAS_32
#    define HEAP_INDEX      uint32_t
#    define HEAP_BITS       32U
#    define HEAP_ARENA_BITS HEAP_BITS
#    define HEAP(name)      HEAP_NAME(name, 32)
#    define HEAP_LIST_COUNT CISTERN_HEAP_LISTS_32
#    define HEAP_LIST_HEADS heads.in_32
#    include "core.h"
#endif
