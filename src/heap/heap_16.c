/* heap_16.c - the heap with 16-bit indices: arenas up to 64 KB. */
#include "cistern/heap.h"

#if CISTERN_HEAP_HAS_16
#    define HEAP_INDEX      uint16_t
#    define HEAP_BITS       16U
#    define HEAP_ARENA_BITS HEAP_BITS
#    define HEAP(name)      HEAP_NAME(name, 16)
#    define HEAP_LIST_COUNT CISTERN_HEAP_LISTS_16
#    define HEAP_LIST_HEADS heads.in_16
#    include "core.h"
#endif
