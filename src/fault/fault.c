/* SPDX-License-Identifier: BSD-3-Clause */
/* fault.c - one place through which every engine reports misuse.
 *
 *   engine sees misuse --> leaves its critical section --> cistern_fault_raise --> handler
 */
#include "cistern/fault.h"

#include <limits.h>
#include <stddef.h>

#include "cistern/critical.h"
#include "cistern/trace.h"

static cistern_fault_handler_t *fault_hook;

/* --- the count -------------------------------------------------------------------------------- */

#if CISTERN_CRITICAL && defined cistern_port_atomic_replace

/* One word, without the section: a signal handler may have interrupted who is inside it. */
static unsigned long fault_counted;

static unsigned long fault_count_read(void)
{
    return cistern_port_atomic_read(&fault_counted);
}

static void fault_count_add(void)
{
    unsigned long before = fault_count_read();
    while (before < ULONG_MAX &&
           !cistern_port_atomic_replace(&fault_counted, &before, before + 1U)) {
    }
}

#else

static unsigned long fault_counted;

static unsigned long fault_count_read(void)
{
    const cistern_critical_t state = cistern_critical_enter();
    const unsigned long count = fault_counted;
    cistern_critical_leave(state);
    return count;
}

static void fault_count_add(void)
{
    const cistern_critical_t state = cistern_critical_enter();
    fault_counted += (fault_counted < ULONG_MAX) ? 1U : 0U;
    cistern_critical_leave(state);
}

#endif

cistern_fault_handler_t *cistern_fault_set_handler(cistern_fault_handler_t *handler)
{
    cistern_fault_handler_t *const previous = fault_hook;
    fault_hook = handler;
    return previous;
}

unsigned long cistern_fault_count(void)
{
    return fault_count_read();
}

const char *cistern_fault_text(cistern_fault_kind_t kind)
{
    static const char *const text[CISTERN_FAULT_KINDS] = {
        "no fault",
        "double free",
        "free of a foreign address",
        "free of an address inside a block",
        "free of a misaligned address",
        "free into the wrong pool",
        "damaged free-list link",
        "damaged block header",
        "write past the end of a block",
        "write before the start of a block",
        "write to a free block",
        "packet buffer used after its last reference was freed",
        "argument out of contract",
        "chain of packet buffers that is a ring, or shorter than its length",
        "more references to a packet buffer than can be counted",
    };
    return ((unsigned)kind < CISTERN_FAULT_KINDS) ? text[kind] : "unknown fault";
}

void cistern_fault_raise(const cistern_fault_t *fault)
{
    fault_count_add();
    CISTERN_TRACE_ON_FAULT(fault->object, fault->address, fault->kind);
    if (fault_hook != NULL) {
        fault_hook(fault);
    } else {
        cistern_port_fault(fault);
    }
}

/* The options that this library was built with: see cistern/agree.h. */
CISTERN_AGREE_DEFINE(CISTERN_CHECK, CISTERN_AGREE_CHECK);
CISTERN_AGREE_DEFINE(CISTERN_POOL_EXTRAS, CISTERN_AGREE_EXTRAS);
CISTERN_AGREE_DEFINE(CISTERN_HEAP_FIT, CISTERN_AGREE_FIT);
CISTERN_AGREE_DEFINE(CISTERN_HEAP_INDEX_BITS, CISTERN_AGREE_INDEX_BITS);
CISTERN_AGREE_DEFINE(CISTERN_HEAP_GUARDED, CISTERN_AGREE_GUARDED);
#if CISTERN_CRITICAL
CISTERN_AGREE_DEFINE(CISTERN_CRITICAL, 1);
#else
CISTERN_AGREE_DEFINE(CISTERN_CRITICAL, 0);
#endif
CISTERN_AGREE_DEFINE(CISTERN_POOL_KEY, CISTERN_AGREE_POOL_KEY_IS);
CISTERN_AGREE_TEXT_DEFINE(CISTERN_POOL_KEY, CISTERN_AGREE_POOL_KEY);
#define CISTERN_AGREE_NUMBER CISTERN_AGREE_POOL_HISTORY
#include "cistern/agree_digits.h"
CISTERN_AGREE_DEFINE(CISTERN_POOL_HISTORY, CISTERN_AGREE_DIGITS);
