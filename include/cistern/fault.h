/* SPDX-License-Identifier: BSD-3-Clause */
/* cistern/fault.h - faults: misuse and damage that a release build detects, and their handler.
 *
 * An engine that detects misuse calls the fault handler once, outside its critical section, and
 * refuses the operation: nothing else is changed, and the pool, heap or chain can be used further.
 * Damage is reported in the same way, and repaired where CISTERN_DIAGNOSIS is 1; each call's
 * comment says whether it is then served. A fault does not name the call: the handler runs inside
 * it, so that a breakpoint there, or a backtrace, shows the caller. */
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
    CISTERN_FAULT_REFERENCE,     /* a packet buffer used with a count of 0 */
    CISTERN_FAULT_ARGUMENT,      /* an argument that the call's contract forbids */
    CISTERN_FAULT_CHAIN,         /* a chain of packet buffers is a ring, or shorter than it says */
    CISTERN_FAULT_REFERENCES, /* more references to a packet buffer than LWIP_PBUF_REF_T counts */
    CISTERN_FAULT_KINDS
} cistern_fault_kind_t;

/* One fault. The struct and what its pointers lead to are valid until the handler returns. */
typedef struct cistern_fault {
    cistern_fault_kind_t kind;
    const void *object;  /* the pool, heap or pbuf that the call was made on, or NULL */
    const void *address; /* the address that was handed in or found damaged */
    const char *name;    /* of the object: a pool's or heap's own, "pbuf", ...; or NULL */
    const char *owner;   /* what the block belongs to: another pool's name, a module; or NULL */
    const char *file;    /* last user of the block (level 3), or NULL */
    int line;            /* last user of the block (level 3), or 0 */
} cistern_fault_t;

typedef void cistern_fault_handler_t(const cistern_fault_t *fault);

/* Replaces the fault handler and returns the previous one, NULL for the default. NULL restores the
 * default, the port's cistern_port_fault(). Never fails. Constant time. Thread context, while no
 * other context can raise a fault: before the first pool is used. The handler runs in the context
 * of the faulty call, which may be an interrupt; it may stop the device, or return to have the
 * operation refused. It must not call into the object that the fault names. */
cistern_fault_handler_t *cistern_fault_set_handler(cistern_fault_handler_t *handler);

/* Number of faults since start, all kinds together; it stays at ULONG_MAX. Constant time. Any
 * context; a signal handler only where the port has atomics, as those for hosts have. */
unsigned long cistern_fault_count(void);

/* A short English phrase for a kind, never NULL. Constant time, any context. */
const char *cistern_fault_text(cistern_fault_kind_t kind);

/* Counts the fault and calls the handler. For engines and faces. Time: the handler's. Any context,
 * not inside a critical section; a signal handler only where cistern_fault_count may be called from
 * one and the fault handler is safe there, as the default handlers of the ports for hosts are. */
void cistern_fault_raise(const cistern_fault_t *fault);

/* The default handler, provided by the port: it makes the fault visible in the way that suits the
 * target (a line on stderr, a log, a breakpoint) and returns. Called in the context of the fault.
 */
void cistern_port_fault(const cistern_fault_t *fault);

/* A fault as a line of text: the format and the values of a printf or its like. */
#define CISTERN_FAULT_FORMAT                                                                       \
    "cistern: fault: %s: object %s (%p), address %p, owner %s, last user %s:%d\n"
#define CISTERN_FAULT_VALUES(fault)                                                                \
    cistern_fault_text((fault)->kind), CISTERN_FAULT_OR_DASH((fault)->name), (fault)->object,      \
        (fault)->address, CISTERN_FAULT_OR_DASH((fault)->owner),                                   \
        CISTERN_FAULT_OR_DASH((fault)->file), (fault)->line
#define CISTERN_FAULT_OR_DASH(text) ((text) ? (text) : "-")

#ifdef __cplusplus
}
#endif

#endif
