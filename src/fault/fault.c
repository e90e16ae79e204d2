/* fault.c - one place through which every engine reports misuse.
 *
 *   engine sees misuse --> leaves its critical section --> cistern_fault_raise --> handler
 */
#include "cistern/fault.h"

#include <limits.h>
#include <stddef.h>

#include "cistern/critical.h"

static cistern_fault_handler_t *fault_handler;
static unsigned long fault_count;

cistern_fault_handler_t *cistern_fault_set_handler(cistern_fault_handler_t *handler)
{
    cistern_fault_handler_t *const previous = fault_handler;
    fault_handler = handler;
    return previous;
}

unsigned long cistern_fault_count(void)
{
    const cistern_critical_t state = cistern_critical_enter();
    const unsigned long count = fault_count;
    cistern_critical_leave(state);
    return count;
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
    };
    return ((unsigned)kind < CISTERN_FAULT_KINDS) ? text[kind] : "unknown fault";
}

void cistern_fault_raise(const cistern_fault_t *fault)
{
    const cistern_critical_t state = cistern_critical_enter();
    fault_count += (fault_count < ULONG_MAX) ? 1U : 0U;
    cistern_critical_leave(state);
    if (fault_handler != NULL) {
        fault_handler(fault);
    } else {
        cistern_port_fault(fault);
    }
}
