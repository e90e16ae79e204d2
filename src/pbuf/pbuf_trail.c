/* pbuf_trail.c - packet buffers: who holds each, and where it was taken and last used (level 3).
 *
 *   entries   | live: p, holder, taken, used | freed: q, ... | live: r, ... | never used | ...
 *
 * Words: an entry is what is known of one fragment; its serial is the number of fragments made up
 * to it. It stays after the fragment is freed, until a new fragment needs it.
 *
 * I1  no two entries have the same fragment; that of an entry never used is NULL.
 * I2  an entry is live from the time its fragment was made until it is given back. A new fragment
 *     takes the entry of its address, or else of the oldest that is not live.
 */
#include "pbuf_priv.h"

#if CISTERN_CHECK >= 3

typedef struct entry {
    cistern_pbuf_trail_t trail;
    unsigned long serial;
} entry_t;

static entry_t entries[CISTERN_PBUF_TRAIL];
static unsigned long made;
static size_t untraced;

/* --- entries: called with the critical section held ------------------------------------------- */

static entry_t *entry_of(const struct pbuf *p)
{
    for (size_t i = 0; p != NULL && i < CISTERN_PBUF_TRAIL; ++i) {
        if (entries[i].trail.pbuf == p) {
            return &entries[i];
        }
    }
    return NULL;
}

/* The entry that a new fragment takes (I2), or NULL. */
static entry_t *entry_for(const struct pbuf *p)
{
    entry_t *best = entry_of(p);
    for (size_t i = 0; best == NULL && i < CISTERN_PBUF_TRAIL; ++i) {
        if (!entries[i].trail.live) {
            best = &entries[i];
        }
    }
    for (size_t i = 0; best != NULL && best->trail.pbuf != p && i < CISTERN_PBUF_TRAIL; ++i) {
        if (!entries[i].trail.live && entries[i].serial < best->serial) {
            best = &entries[i];
        }
    }
    return best;
}

static void set_live(const struct pbuf *p, bool live)
{
    const cistern_critical_t state = cistern_critical_enter();
    entry_t *const entry = entry_of(p);
    if (entry != NULL) {
        entry->trail.live = live;
    }
    cistern_critical_leave(state);
}

/* Copies an entry, as it is shown; false iff it is NULL. */
static bool copy_out(const entry_t *entry, cistern_pbuf_trail_t *trail)
{
    if (entry != NULL) {
        *trail = entry->trail;
        trail->age = made - entry->serial;
    }
    return entry != NULL;
}

/* --- what the other files tell ---------------------------------------------------------------- */

void pbuf_trail_made(const struct pbuf *p)
{
    const cistern_critical_t state = cistern_critical_enter();
    entry_t *const entry = entry_for(p);
    ++made;
    if (entry != NULL) {
        *entry = (entry_t){.trail = {.pbuf = p, .live = true}, .serial = made};
    } else if (untraced < SIZE_MAX) {
        ++untraced;
    }
    cistern_critical_leave(state);
}

void pbuf_trail_gone(const struct pbuf *p)
{
    set_live(p, false);
}

void pbuf_trail_kept(const struct pbuf *p)
{
    set_live(p, true);
}

void pbuf_trail_name(const struct pbuf *p, cistern_fault_t *fault)
{
    cistern_pbuf_trail_t trail;
    if (cistern_pbuf_trail_of(p, &trail)) {
        fault->owner = trail.holder != NULL ? trail.holder : fault->owner;
        fault->file = trail.used.file;
        fault->line = trail.used.line;
    }
}

/* --- what the macros tell --------------------------------------------------------------------- */

/* The entry of a live fragment that is used at `place`, or NULL. */
static entry_t *use(const struct pbuf *p, cistern_pbuf_place_t place)
{
    entry_t *const entry = entry_of(p);
    if (entry == NULL || !entry->trail.live) {
        return NULL;
    }
    entry->trail.used = place;
    return entry;
}

struct pbuf *cistern_pbuf_taken_at(struct pbuf *p, const char *file, int line)
{
    const cistern_pbuf_place_t place = {file, line};
    for (const struct pbuf *q = p; q != NULL; q = q->next) {
        const cistern_critical_t state = cistern_critical_enter();
        entry_t *const entry = use(q, place);
        if (entry != NULL && entry->trail.taken.file == NULL) {
            entry->trail.taken = place;
        }
        cistern_critical_leave(state);
    }
    return p;
}

void cistern_pbuf_hold_at(const struct pbuf *p, const char *module, const char *file, int line)
{
    const cistern_pbuf_place_t place = {file, line};
    for (const struct pbuf *q = p; q != NULL; q = q->next) {
        const cistern_critical_t state = cistern_critical_enter();
        entry_t *const entry = use(q, place);
        if (entry != NULL) {
            entry->trail.holder = module;
        }
        cistern_critical_leave(state);
    }
}

void cistern_pbuf_ref_at(struct pbuf *p, const char *file, int line)
{
    const cistern_pbuf_place_t place = {file, line};
    const cistern_critical_t state = cistern_critical_enter();
    (void)use(p, place);
    cistern_critical_leave(state);
    pbuf_ref(p);
}

/* Notes the place at each fragment that pbuf_free will come to. */
pbuf_len_t cistern_pbuf_free_at(struct pbuf *p, const char *file, int line)
{
    const cistern_pbuf_place_t place = {file, line};
    const cistern_critical_t state = cistern_critical_enter();
    for (struct pbuf *q = p; use(q, place) != NULL && pbuf_ref_read(q) == 1; q = q->next) {
    }
    cistern_critical_leave(state);
    return pbuf_free(p);
}

/* --- looking ---------------------------------------------------------------------------------- */

bool cistern_pbuf_trail_of(const struct pbuf *p, cistern_pbuf_trail_t *trail)
{
    const cistern_critical_t state = cistern_critical_enter();
    const bool known = copy_out(entry_of(p), trail);
    cistern_critical_leave(state);
    return known;
}

/* Copies the oldest live entry made after *serial, and makes that *serial; false iff none is. */
static bool next_live(unsigned long *serial, cistern_pbuf_trail_t *trail)
{
    const entry_t *best = NULL;
    const cistern_critical_t state = cistern_critical_enter();
    for (size_t i = 0; i < CISTERN_PBUF_TRAIL; ++i) {
        const entry_t *const entry = &entries[i];
        if (entry->trail.live && entry->serial > *serial &&
            (best == NULL || entry->serial < best->serial)) {
            best = entry;
        }
    }
    *serial = best != NULL ? best->serial : *serial;
    const bool found = copy_out(best, trail);
    cistern_critical_leave(state);
    return found;
}

size_t cistern_pbuf_live_each(cistern_pbuf_visit_t *visit, void *argument)
{
    size_t visited = 0;
    unsigned long serial = 0;
    cistern_pbuf_trail_t trail;
    bool more = visit != NULL;
    while (more && next_live(&serial, &trail)) {
        ++visited;
        more = visit(&trail, argument);
    }
    return visited;
}

size_t cistern_pbuf_untraced(void)
{
    const cistern_critical_t state = cistern_critical_enter();
    const size_t seen = untraced;
    cistern_critical_leave(state);
    return seen;
}

#else

/* Nothing is noted: ISO C wants a translation unit to hold something. */
typedef int pbuf_trail_is_off_t;

#endif
