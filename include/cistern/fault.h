/* SPDX-License-Identifier: BSD-3-Clause */
/* cistern/fault.h - misuse that a release build sees: what it is, where, and who to tell.
 *
 * An engine that sees misuse calls the fault handler once, outside its critical section, and then
 * refuses the operation: nothing else is changed and the pool, heap or chain works on.
 */
#ifndef CISTERN_FAULT_H
#define CISTERN_FAULT_H

#include "cistern/config.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum cistern_fault_kind {
    CISTERN_FAULT_NONE = 0,
    CISTERN_FAULT_DOUBLE_FREE,   /* the block is free already */
    CISTERN_FAULT_FOREIGN_FREE,  /* the address lies outside the pool or arena */
    CISTERN_FAULT_INTERIOR_FREE, /* the address lies inside, but does not start a block */
    CISTERN_FAULT_MISALIGNED,    /* the address has no block's alignment */
    CISTERN_FAULT_WRONG_POOL,    /* a block of another pool, which `owner` names */
    CISTERN_FAULT_LINK,          /* a free-list link was damaged: write after free, or overflow */
    CISTERN_FAULT_HEADER,        /* a block header does not agree with its neighbours */
    CISTERN_FAULT_OVERFLOW,      /* the guard after a block was overwritten (level 2) */
    CISTERN_FAULT_UNDERFLOW,     /* the guard before a block was overwritten (level 2) */
    CISTERN_FAULT_POISON,        /* a free block was written to (level 2) */
    CISTERN_FAULT_REFERENCE,     /* a packet buffer freed or referenced with a count of 0 */
    CISTERN_FAULT_ARGUMENT,      /* an argument that the call's contract forbids */
    CISTERN_FAULT_CHAIN,         /* a chain of packet buffers is a ring, or shorter than it says */
    CISTERN_FAULT_KINDS
} cistern_fault_kind_t;

/* One fault. Pointers are for looking at, not for keeping: they are valid during the handler. */
typedef struct cistern_fault {
    cistern_fault_kind_t kind;
    const void *object;  /* the pool, heap or pbuf that the call was made on, or NULL */
    const void *address; /* the address that was handed in or found damaged */
    const char *name;    /* name of the object, or NULL */
    const char *owner;   /* who the block belongs to: another pool's name, a module; or NULL */
    const char *file;    /* last user of the block (level 3), or NULL */
    int line;            /* last user of the block (level 3), or 0 */
} cistern_fault_t;

typedef void cistern_fault_handler_t(const cistern_fault_t *fault);

/* Replaces the fault handler and returns the previous one.
 * NULL restores the default, the port's cistern_port_fault(). Never fails. Constant time.
 * Thread context; set it before the first pool is used. The handler runs in the context of the
 * faulty call, which may be an interrupt; it may stop the device, or return to have the operation
 * refused. It must not call into the object that the fault names. */
cistern_fault_handler_t *cistern_fault_set_handler(cistern_fault_handler_t *handler);

/* Number of faults since start, all kinds together. Saturates. Any context; on the ports for hosts a
 * signal handler too. */
unsigned long cistern_fault_count(void);

/* A short English phrase for a kind, never NULL. Any context. */
const char *cistern_fault_text(cistern_fault_kind_t kind);

/* Counts the fault and calls the handler. For engines and faces. Any context; a signal handler iff the
 * handler of faults may be called there, as the ports' may. */
void cistern_fault_raise(const cistern_fault_t *fault);

/* The default handler, provided by the port: it makes the fault visible in the way that suits the
 * target (a line on stderr, a log, a breakpoint) and returns. Called in the context of the fault.
 */
void cistern_port_fault(const cistern_fault_t *fault);

#ifdef __cplusplus
}
#endif

#endif
