/* trail.h - what the files of this folder tell the trail of packet buffers; nothing below level 3.
 */
#ifndef CISTERN_SRC_PBUF_TRAIL_H
#define CISTERN_SRC_PBUF_TRAIL_H

#include "cistern/fault.h"
#include "cistern/pbuf.h"

/* The functions are defined and called here whatever macros of the same names do at level 3. */
#undef pbuf_alloc
#undef pbuf_alloc_reference
#undef pbuf_alloced_custom
#undef pbuf_clone
#undef pbuf_coalesce
#undef pbuf_free
#undef pbuf_ref
#undef cistern_pbuf_pull
#undef cistern_pbuf_from_pieces
#undef cistern_pbuf_external

#if CISTERN_CHECK >= 3

/* A fragment was made; is about to be given back, so that others may take its memory; was refused,
 * and so is still there. */
void pbuf_trail_made(const struct pbuf *p);
void pbuf_trail_gone(const struct pbuf *p);
void pbuf_trail_kept(const struct pbuf *p);

/* Names the holder and the last user in a fault, where they are known. */
void pbuf_trail_name(const struct pbuf *p, cistern_fault_t *fault);

#else

static inline void pbuf_trail_made(const struct pbuf *p)
{
    (void)p;
}

static inline void pbuf_trail_gone(const struct pbuf *p)
{
    (void)p;
}

static inline void pbuf_trail_kept(const struct pbuf *p)
{
    (void)p;
}

static inline void pbuf_trail_name(const struct pbuf *p, cistern_fault_t *fault)
{
    (void)p;
    (void)fault;
}

#endif

#endif
