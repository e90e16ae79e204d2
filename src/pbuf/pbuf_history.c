/* SPDX-License-Identifier: BSD-3-Clause */
/* pbuf_history.c - packet buffers: who holds each, and where it was taken and last used (level 3).
 *
 *   entries   | p: live | q: freed | r: live | never used | ... | the queue's head |
 *   buckets   | of a hash of the address --> entry --> entry          `follows`
 *   queue     head --> freed first --> ... --> freed last --> head    `older`, `newer`
 *
 * Words: an entry is a record of one fragment and its links; its serial is the number of fragments
 * made up to it. It stays after the fragment is freed, until a new fragment needs it.
 *
 * I1  no two entries have the same fragment; that of an entry never used is NULL.
 * I2  an entry is live from the time its fragment was made until it is given back; the others are
 * in the queue. A new fragment takes the entry of its address, or else the first of the queue. I3
 * an entry with a fragment is in the bucket of the fragment's address, and in no other.
 *
 * An index that is stored is one more than the entry's: 0 is none.
 */
#include "cistern/pbuf_history.h"

#include "pbuf_priv.h"

#if CISTERN_CHECK >= 3

typedef struct pbuf_entry {
    cistern_pbuf_record_t record;
    unsigned long serial;
    uint16_t follows;
    uint16_t older;
    uint16_t newer;
} pbuf_entry_t;

#    define PBUF_QUEUE CISTERN_PBUF_HISTORY

static pbuf_entry_t pbuf_entries[CISTERN_PBUF_HISTORY + 1];
static uint16_t pbuf_buckets[CISTERN_PBUF_HISTORY];
static unsigned long pbuf_made;
static size_t pbuf_unrecorded;

/* --- entries: called with the critical section held ------------------------------------------- */

/* The bucket of an address: the middle bits of its product with 2^32 over the golden ratio. */
static uint16_t *pbuf_bucket_of(const struct pbuf *p)
{
    const uint32_t product = (uint32_t)((mem_ptr_t)p / LWIP_POINTER_ALIGNMENT) * 2654435769UL;
    return &pbuf_buckets[(product >> 12) % CISTERN_PBUF_HISTORY];
}

/* Where the index of the fragment's entry is stored, or where that would have to be. */
static uint16_t *pbuf_link_to(const struct pbuf *p)
{
    uint16_t *link = pbuf_bucket_of(p);
    while (*link != 0 && pbuf_entries[*link - 1].record.pbuf != p) {
        link = &pbuf_entries[*link - 1].follows;
    }
    return link;
}

static pbuf_entry_t *pbuf_entry_of(const struct pbuf *p)
{
    const uint16_t stored = *pbuf_link_to(p);
    return p != NULL && stored != 0 ? &pbuf_entries[stored - 1] : NULL;
}

static void pbuf_enqueue(pbuf_entry_t *entry)
{
    pbuf_entry_t *const queue = &pbuf_entries[PBUF_QUEUE];
    const uint16_t own = (uint16_t)(entry - pbuf_entries + 1);
    entry->older = queue->older;
    entry->newer = PBUF_QUEUE + 1;
    pbuf_entries[entry->older - 1].newer = own;
    queue->older = own;
    CISTERN_ASSERT(pbuf_entries[entry->newer - 1].older == own); /* I2 */
}

static void pbuf_dequeue(const pbuf_entry_t *entry)
{
    CISTERN_ASSERT(entry->older != 0 && entry->newer != 0); /* I2 */
    pbuf_entries[entry->older - 1].newer = entry->newer;
    pbuf_entries[entry->newer - 1].older = entry->older;
}

/* Puts every entry in the queue, before the first fragment is made. */
static void pbuf_history_start(void)
{
    pbuf_entry_t *const queue = &pbuf_entries[PBUF_QUEUE];
    queue->older = PBUF_QUEUE + 1;
    queue->newer = PBUF_QUEUE + 1;
    for (size_t i = 0; i < CISTERN_PBUF_HISTORY; ++i) {
        pbuf_enqueue(&pbuf_entries[i]);
    }
}

/* The first of the queue, without its fragment; NULL if every entry is live. */
static pbuf_entry_t *pbuf_recycle(void)
{
    pbuf_entry_t *const entry = &pbuf_entries[pbuf_entries[PBUF_QUEUE].newer - 1];
    if (entry == &pbuf_entries[PBUF_QUEUE]) {
        return NULL;
    }
    CISTERN_ASSERT(!entry->record.live); /* I2 */
    if (entry->record.pbuf != NULL) {
        *pbuf_link_to(entry->record.pbuf) = entry->follows;
    }
    return entry;
}

/* The entry that a new fragment takes (I2), in its bucket; NULL if every entry is live. */
static pbuf_entry_t *pbuf_entry_for(const struct pbuf *p)
{
    pbuf_entry_t *entry = pbuf_entry_of(p);
    if (entry == NULL) {
        entry = pbuf_recycle();
        if (entry == NULL) {
            return NULL;
        }
        entry->record.live = false;
        entry->record.pbuf = p;
        entry->follows = *pbuf_bucket_of(p);
        *pbuf_bucket_of(p) = (uint16_t)(entry - pbuf_entries + 1);
    }
    CISTERN_ASSERT(pbuf_entry_of(p) == entry); /* I3 */
    if (!entry->record.live) {
        pbuf_dequeue(entry);
    }
    return entry;
}

/* Copies an entry, as it is shown; false if it is NULL. */
static bool pbuf_copy_out(const pbuf_entry_t *entry, cistern_pbuf_record_t *record)
{
    if (entry != NULL) {
        *record = entry->record;
        record->age = pbuf_made - entry->serial;
    }
    return entry != NULL;
}

/* --- what pbuf.c reports ---------------------------------------------------------------------- */

void pbuf_history_made(const struct pbuf *p)
{
    const cistern_critical_t state = cistern_critical_enter();
    if (pbuf_made++ == 0) {
        pbuf_history_start();
    }
    pbuf_entry_t *const entry = pbuf_entry_for(p);
    if (entry != NULL) {
        entry->record = (cistern_pbuf_record_t){.pbuf = p, .live = true};
        entry->serial = pbuf_made;
        CISTERN_ASSERT(pbuf_entry_of(p)->record.live); /* I1 */
    } else if (pbuf_unrecorded < SIZE_MAX) {
        ++pbuf_unrecorded;
    }
    cistern_critical_leave(state);
}

void pbuf_history_set_live(const struct pbuf *p, bool live)
{
    const cistern_critical_t state = cistern_critical_enter();
    pbuf_entry_t *const entry = pbuf_entry_of(p);
    if (entry != NULL && entry->record.live != live) {
        entry->record.live = live;
        if (live) {
            pbuf_dequeue(entry);
        } else {
            pbuf_enqueue(entry);
        }
    }
    cistern_critical_leave(state);
}

/* The entry of a live fragment that is used at `place`, or NULL. Critical section held. */
static pbuf_entry_t *pbuf_use(const struct pbuf *p, cistern_pbuf_place_t place)
{
    pbuf_entry_t *const entry = pbuf_entry_of(p);
    if (entry == NULL || !entry->record.live) {
        return NULL;
    }
    entry->record.used = place;
    return entry;
}

bool pbuf_history_used(const struct pbuf *p, const char *file, int line)
{
    const cistern_critical_t state = cistern_critical_enter();
    const bool live = pbuf_use(p, (cistern_pbuf_place_t){file, line}) != NULL;
    cistern_critical_leave(state);
    return live;
}

void pbuf_history_name(const struct pbuf *p, cistern_fault_t *fault)
{
    cistern_pbuf_record_t record;
    if (cistern_pbuf_record_of(p, &record)) {
        fault->owner = record.holder != NULL ? record.holder : fault->owner;
        fault->file = record.used.file;
        fault->line = record.used.line;
    }
}

/* --- what the macros report: up to the first fragment without a record, which may be no fragment
 * any more ------------------------------------------------------------------------------------- */

static bool pbuf_take_at_place(const struct pbuf *p, cistern_pbuf_place_t place)
{
    const cistern_critical_t state = cistern_critical_enter();
    pbuf_entry_t *const entry = pbuf_use(p, place);
    if (entry != NULL && entry->record.taken.file == NULL) {
        entry->record.taken = place;
    }
    cistern_critical_leave(state);
    return entry != NULL;
}

struct pbuf *cistern_pbuf_taken_at(struct pbuf *p, const char *file, int line)
{
    const cistern_pbuf_place_t place = {file, line};
    pbuf_walk_t walk = pbuf_walk_from(p);
    while (walk.at != NULL && pbuf_take_at_place(walk.at, place) && pbuf_walk_step(&walk)) {
    }
    return p;
}

static bool pbuf_hold_at_place(const struct pbuf *p, const char *module, cistern_pbuf_place_t place)
{
    const cistern_critical_t state = cistern_critical_enter();
    pbuf_entry_t *const entry = pbuf_use(p, place);
    if (entry != NULL) {
        entry->record.holder = module;
    }
    cistern_critical_leave(state);
    return entry != NULL;
}

void cistern_pbuf_hold_at(const struct pbuf *p, const char *module, const char *file, int line)
{
    const cistern_pbuf_place_t place = {file, line};
    pbuf_walk_t walk = pbuf_walk_from(p);
    while (walk.at != NULL && pbuf_hold_at_place(walk.at, module, place) && pbuf_walk_step(&walk)) {
    }
}

/* --- inspection ------------------------------------------------------------------------------- */

bool cistern_pbuf_record_of(const struct pbuf *p, cistern_pbuf_record_t *record)
{
    const cistern_critical_t state = cistern_critical_enter();
    const bool known = pbuf_copy_out(pbuf_entry_of(p), record);
    cistern_critical_leave(state);
    return known;
}

/* Copies the oldest live entry made after *serial, and makes that *serial; false if there is none.
 */
static bool pbuf_next_live(unsigned long *serial, cistern_pbuf_record_t *record)
{
    const pbuf_entry_t *best = NULL;
    const cistern_critical_t state = cistern_critical_enter();
    for (size_t i = 0; i < CISTERN_PBUF_HISTORY; ++i) {
        const pbuf_entry_t *const entry = &pbuf_entries[i];
        if (entry->record.live && entry->serial > *serial &&
            (best == NULL || entry->serial < best->serial)) {
            best = entry;
        }
    }
    *serial = best != NULL ? best->serial : *serial;
    CISTERN_ASSERT(best == NULL || best->record.live);
    const bool found = pbuf_copy_out(best, record);
    cistern_critical_leave(state);
    return found;
}

size_t cistern_pbuf_live_each(cistern_pbuf_visit_t *visit, void *argument)
{
    size_t visited = 0;
    unsigned long serial = 0;
    cistern_pbuf_record_t record;
    bool more = visit != NULL;
    while (more && pbuf_next_live(&serial, &record)) {
        ++visited;
        more = visit(&record, argument);
    }
    return visited;
}

size_t cistern_pbuf_unrecorded(void)
{
    const cistern_critical_t state = cistern_critical_enter();
    const size_t seen = pbuf_unrecorded;
    cistern_critical_leave(state);
    return seen;
}

#else

/* Nothing is recorded: ISO C wants a translation unit to hold something. */
typedef int pbuf_history_is_off_t;

#endif
