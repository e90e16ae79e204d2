/* heap_size.c - the heap with indices of size_t: arenas of any size. */
#include "cistern/heap.h"

#if CISTERN_HEAP_HAS_SIZE
#    if SIZE_MAX > 0xffffffffU
#        define HEAP_ARENA_BITS 48U /* what there are lists for */
#    else
#        define HEAP_ARENA_BITS 32U
#    endif
#    define HEAP_INDEX      size_t
#    define HEAP_BITS       64U
#    define HEAP(name)      HEAP_NAME(name, size)
#    define HEAP_LIST_COUNT CISTERN_HEAP_LISTS_SIZE
#    define HEAP_LIST_HEADS heads.in_size
#    include "core.h"
#endif
