/* SPDX-License-Identifier: BSD-3-Clause */
/* damage.h - what the damage fuzzers share: memory between guard pages, damage, and a bound on
 * steps.
 *
 *   | no access | margin | arena | no access |     or     | no access | arena | margin | no access
 * |
 *
 * A scenario is a short run of legitimate calls with one damage in between; its number is the seed
 * of all its random choices, so that `PROGRAM 1 NUMBER` repeats it alone, and DAMAGE_TRACE in the
 * environment prints its steps. A damage is a pattern over 1 to 64 bytes at one to four places,
 * mostly near where blocks start and end. A scenario that breaks a rule ends at once and is counted
 * with its number, step and rule; so is one that crashes, or that runs more than DAMAGE_STEPS basic
 * blocks of the library in one call: the library is compiled with -fsanitize-coverage=trace-pc,
 * which calls the counter below.
 */
#ifndef CISTERN_TESTS_DAMAGE_H
#define CISTERN_TESTS_DAMAGE_H

#define _DEFAULT_SOURCE /* mmap without a file, sigsetjmp */

#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "support.h"

#define DAMAGE_STEPS   200000UL
#define DAMAGE_SHOWN   20UL /* failures that are printed one by one */
#define DAMAGE_BYTES   16384U
#define DAMAGE_AROUND  ((size_t)1 << (sizeof(void *) > 4 ? 33 : 24)) /* no access on either side */
#define DAMAGE_CANARY  0x5A
#define DAMAGE_ANCHORS 128U
#define DAMAGE_PLACES  4U

typedef enum damage_pattern {
    DAMAGE_ZEROS,
    DAMAGE_ONES,
    DAMAGE_AA,
    DAMAGE_55,
    DAMAGE_DE,
    DAMAGE_BA,
    DAMAGE_COPY,   /* of other bytes of the arena: headers, links, keys, guards */
    DAMAGE_SPREAD, /* one byte of the arena, repeated */
    DAMAGE_RANDOM,
    DAMAGE_BIT,  /* one bit of each place */
    DAMAGE_NEAR, /* one byte of each place, counted up or down by less than 32 */
    DAMAGE_PATTERNS
} damage_pattern_t;

static const char *const damage_names[DAMAGE_PATTERNS] = {
    "zeros",  "ones",         "0xAA",   "0x55",  "0xDE",        "0xBA",
    "copies", "a byte of it", "random", "a bit", "nearby value"};

/* What the table says of a pattern. */
typedef struct damage_row {
    unsigned long scenarios;
    unsigned long reported;
    unsigned long failed;
    double lost; /* sum of the shares */
    double most;
} damage_row_t;

typedef struct damage_place {
    unsigned char *from;
    size_t bytes;
} damage_place_t;

static damage_row_t damage_rows[DAMAGE_PATTERNS];
static damage_pattern_t damage_pattern;
static damage_place_t damage_places[DAMAGE_PLACES];
static size_t damage_place_count;
static unsigned long damage_places_in_all;
static unsigned char *damage_arena;
static size_t damage_arena_bytes;
static unsigned char *damage_page; /* DAMAGE_BYTES, of which the arena is one end */

static unsigned long damage_scenario;
static unsigned damage_step_number;
static const char *damage_call;
static unsigned damage_call_faults; /* in the call under way */
static unsigned damage_faults;      /* in the scenario */
static cistern_fault_kind_t damage_blame;
static unsigned long damage_steps; /* basic blocks since the call began */
static unsigned long damage_steps_in_all;
static bool damage_watched;
static sigjmp_buf damage_escape;
static const char *damage_rule;
static unsigned long damage_failures;
static bool damage_traced;

/* --- random choices --------------------------------------------------------------------------- */

static uint64_t damage_state;

static inline uint64_t damage_next(void)
{
    damage_state ^= damage_state << 13;
    damage_state ^= damage_state >> 7;
    damage_state ^= damage_state << 17;
    return damage_state * UINT64_C(2685821657736338717);
}

static inline unsigned damage_below(size_t limit)
{
    return (unsigned)((damage_next() >> 32) % limit);
}

/* Content of blocks: any place of it. Made once, as a byte of its own for each use is most of what a
 * scenario would take. */
static unsigned char damage_noise[4096];

static inline void damage_make_noise(void)
{
    damage_state = 1;
    for (size_t i = 0; i < sizeof damage_noise; ++i) {
        damage_noise[i] = (unsigned char)damage_below(256);
    }
}

static inline void damage_fill_with_noise(unsigned char *content, size_t bytes)
{
    memcpy(content, damage_noise + damage_below(sizeof damage_noise - bytes), bytes);
}

/* --- ends of a scenario ----------------------------------------------------------------------- */

static inline void damage_break(const char *rule)
{
    damage_rule = rule;
    siglongjmp(damage_escape, 1);
}

static inline void damage_expect(bool holds, const char *rule)
{
    if (!holds) {
        damage_break(rule);
    }
}

static inline void damage_on_signal(int number)
{
    (void)number;
    damage_break("the library crashed");
}

void __sanitizer_cov_trace_pc(void);
void __sanitizer_cov_trace_pc(void)
{
    if (++damage_steps > DAMAGE_STEPS && damage_watched) {
        damage_watched = false;
        damage_break("a call does not end");
    }
}

/* --- calls ------------------------------------------------------------------------------------ */

/* The caller is innocent of each of these: it made legitimate calls alone. */
static inline bool damage_is_blame(cistern_fault_kind_t kind)
{
    return kind == CISTERN_FAULT_DOUBLE_FREE || kind == CISTERN_FAULT_FOREIGN_FREE ||
           kind == CISTERN_FAULT_INTERIOR_FREE || kind == CISTERN_FAULT_MISALIGNED ||
           kind == CISTERN_FAULT_WRONG_POOL || kind == CISTERN_FAULT_ARGUMENT;
}

static inline void damage_on_fault(const cistern_fault_t *fault)
{
    ++damage_call_faults;
    ++damage_faults;
    if (damage_is_blame(fault->kind)) {
        damage_blame = fault->kind;
    }
    if (damage_traced) {
        printf("      fault: %s, at %td\n", cistern_fault_text(fault->kind),
               (const unsigned char *)fault->address - damage_arena);
    }
}

static inline void damage_begin(const char *call, const void *address, size_t size)
{
    ++damage_step_number;
    damage_call = call;
    damage_call_faults = 0;
    damage_steps_in_all += damage_steps;
    damage_steps = 0;
    if (damage_traced) {
        printf("  %3u %s", damage_step_number, call);
        if (address != NULL) {
            printf(" of the block at %td", (const unsigned char *)address - damage_arena);
        }
        printf(", %zu\n", size);
    }
}

static inline void damage_end(void)
{
    damage_expect(damage_blame == CISTERN_FAULT_NONE, "an innocent call is blamed");
}

/* True after a call after which all live blocks are verified: each that met a fault, one of
 * eight others, and each of a scenario that is traced. What a call writes stays written, and is found
 * when the block is given up at the latest. */
static inline bool damage_is_seen(void)
{
    return damage_call_faults > 0 || damage_step_number % 8U == 0 || damage_traced;
}

/* --- memory ----------------------------------------------------------------------------------- */

static inline void damage_map(void)
{
    unsigned char *const all = mmap(NULL, 2U * DAMAGE_AROUND + DAMAGE_BYTES, PROT_NONE,
                                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    assert_ptr_not_equal(all, MAP_FAILED);
    damage_page = all + DAMAGE_AROUND;
    assert_int_equal(mprotect(damage_page, DAMAGE_BYTES, PROT_READ | PROT_WRITE), 0);
}

/* Memory for one scenario, at either end of what may be accessed, with any content. */
static inline unsigned char *damage_make_arena(size_t bytes, size_t alignment)
{
    static const unsigned char fills[] = {0, 0xff, 0xAA, 0xDE};
    memset(damage_page, DAMAGE_CANARY, DAMAGE_BYTES);
    damage_arena =
        damage_page + (damage_below(2) == 0 ? 0 : (DAMAGE_BYTES - bytes) / alignment * alignment);
    damage_arena_bytes = bytes;
    memset(damage_arena, fills[damage_below(sizeof fills)], bytes);
    return damage_arena;
}

/* True if all of [from, to) is the canary. */
static inline bool damage_is_canary(const unsigned char *from, const unsigned char *to)
{
    return from == to ||
           (*from == DAMAGE_CANARY && memcmp(from, from + 1, (size_t)(to - from) - 1U) == 0);
}

static inline void damage_expect_margin(void)
{
    damage_expect(
        damage_is_canary(damage_page, damage_arena) &&
            damage_is_canary(damage_arena + damage_arena_bytes, damage_page + DAMAGE_BYTES),
        "memory outside the arena was written");
}

static inline bool damage_is_inside(const unsigned char *from, size_t bytes)
{
    return from >= damage_arena && from < damage_arena + damage_arena_bytes &&
           bytes <= (size_t)(damage_arena + damage_arena_bytes - from);
}

/* --- damage ----------------------------------------------------------------------------------- */

static inline void damage_write(damage_place_t place, damage_pattern_t pattern)
{
    static const unsigned char constants[] = {0x00, 0xff, 0xAA, 0x55, 0xDE, 0xBA};
    unsigned char *const source =
        damage_arena + damage_below(damage_arena_bytes - place.bytes + 1U);
    switch (pattern) {
    case DAMAGE_COPY:
        memmove(place.from, source - ((uintptr_t)source % 4U) % (size_t)(source - damage_arena + 1),
                place.bytes);
        break;
    case DAMAGE_SPREAD:
        memset(place.from, *source, place.bytes);
        break;
    case DAMAGE_RANDOM:
        for (size_t i = 0; i < place.bytes; ++i) {
            place.from[i] = (unsigned char)damage_below(256);
        }
        break;
    case DAMAGE_BIT:
        *place.from = (unsigned char)(*place.from ^ (1U << damage_below(8)));
        break;
    case DAMAGE_NEAR:
        *place.from = (unsigned char)(*place.from + damage_below(63) - 31U);
        break;
    default:
        memset(place.from, constants[pattern], place.bytes);
        break;
    }
}

static inline damage_place_t damage_choose(unsigned char *const *anchors, size_t count)
{
    static const unsigned char lengths[] = {1, 2, 4, 8, 16, 24, 32, 64};
    damage_place_t place = {damage_arena + damage_below(damage_arena_bytes),
                            damage_below(4) == 0 ? 1U + damage_below(64)
                                                 : lengths[damage_below(sizeof lengths)]};
    if (count > 0 && damage_below(8) != 0) {
        /* Most often what lies just before an anchor or from it on, aligned as words are. */
        place.from = anchors[damage_below(count)] + (ptrdiff_t)damage_below(9) * 4 - 20;
    }
    if (place.from < damage_arena || place.from >= damage_arena + damage_arena_bytes) {
        place.from = damage_arena;
    }
    const size_t rest = (size_t)(damage_arena + damage_arena_bytes - place.from);
    place.bytes = place.bytes < rest ? place.bytes : rest;
    return place;
}

/* Damages the arena. An anchor is where a block starts or ends. */
static inline void damage_apply(unsigned char *const *anchors, size_t count)
{
    damage_place_count = 1U + damage_below(DAMAGE_PLACES);
    damage_places_in_all += damage_place_count;
    for (size_t i = 0; i < damage_place_count; ++i) {
        const damage_pattern_t pattern = i == 0 || damage_below(4) != 0
                                             ? damage_pattern
                                             : (damage_pattern_t)damage_below(DAMAGE_PATTERNS);
        damage_places[i] = damage_choose(anchors, count);
        if (pattern == DAMAGE_BIT || pattern == DAMAGE_NEAR) {
            damage_places[i].bytes = 1;
        }
        damage_write(damage_places[i], pattern);
        if (damage_traced) {
            printf("  damage: %s, %zu bytes at %td\n", damage_names[pattern],
                   damage_places[i].bytes, damage_places[i].from - damage_arena);
        }
    }
}

/* True if a byte of [from, to) was damaged. */
static inline bool damage_meets(const unsigned char *from, const unsigned char *to)
{
    for (size_t i = 0; i < damage_place_count; ++i) {
        if (damage_places[i].from < to && from < damage_places[i].from + damage_places[i].bytes) {
            return true;
        }
    }
    return false;
}

/* --- scenarios -------------------------------------------------------------------------------- */

/* At the end of a scenario: the share of memory that the damage cost. */
static inline void damage_record(double lost)
{
    damage_row_t *const row = &damage_rows[damage_pattern];
    row->reported += damage_faults > 0 ? 1U : 0U;
    row->lost += lost;
    row->most = lost > row->most ? lost : row->most;
}

static inline void damage_run_one(unsigned long number, void (*run)(void))
{
    damage_scenario = number;
    damage_state = (number + 1U) * UINT64_C(0x9E3779B97F4A7C15);
    damage_pattern = (damage_pattern_t)damage_below(DAMAGE_PATTERNS);
    damage_step_number = 0;
    damage_faults = 0;
    damage_place_count = 0;
    damage_blame = CISTERN_FAULT_NONE;
    damage_watched = true;
    ++damage_rows[damage_pattern].scenarios;
    if (sigsetjmp(damage_escape, 1) == 0) {
        run();
        return;
    }
    ++damage_rows[damage_pattern].failed;
    if (++damage_failures <= DAMAGE_SHOWN) {
        printf("scenario %lu (%s), step %u, %s: %s\n", number, damage_names[damage_pattern],
               damage_step_number, damage_call, damage_rule);
    }
}

static inline void damage_print_table(void)
{
    printf("%-14s %10s %10s %8s %12s %12s\n", "pattern", "scenarios", "reported", "failed",
           "lost, mean", "lost, most");
    for (size_t i = 0; i < DAMAGE_PATTERNS; ++i) {
        const damage_row_t *const row = &damage_rows[i];
        const unsigned long ended = row->scenarios - row->failed;
        if (row->scenarios > 0) {
            printf("%-14s %10lu %10lu %8lu %10.3f %% %10.2f %%\n", damage_names[i], row->scenarios,
                   row->reported, row->failed, ended > 0 ? 100.0 * row->lost / (double)ended : 0.0,
                   100.0 * row->most);
        }
    }
    printf("%lu places were damaged\n", damage_places_in_all);
}

/* Which scenarios a program's arguments ask for. */
typedef struct damage_range {
    unsigned long first;
    unsigned long count;
} damage_range_t;

/* A long run, whose arguments are a number of scenarios alone, is as long as DAMAGES in the environment
 * says, if it says something. */
static inline damage_range_t damage_range_of(int argc, char **argv)
{
    const char *const damages = argc == 2 ? getenv("DAMAGES") : NULL;
    const char *const number = damages != NULL && *damages != '\0' ? damages : argv[1];
    return (damage_range_t){.first = argc > 2 ? strtoul(argv[2], NULL, 10) : 0,
                            .count = argc > 1 ? strtoul(number, NULL, 10) : 10000};
}

/* Runs scenarios of these numbers; no rule may be broken in any. */
static inline void damage_run_all(damage_range_t range, void (*run)(void))
{
    damage_traced = getenv("DAMAGE_TRACE") != NULL;
    damage_map();
    damage_make_noise();
    (void)cistern_fault_set_handler(damage_on_fault);
    static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; ++i) {
        (void)signal(signals[i], damage_on_signal);
    }
    for (unsigned long i = 0; i < range.count; ++i) {
        damage_run_one(range.first + i, run);
    }
    for (size_t i = 0; i < sizeof signals / sizeof *signals; ++i) {
        (void)signal(signals[i], SIG_DFL);
    }
    damage_print_table();
#ifdef DAMAGE_COUNTS_STEPS
    assert_true(damage_steps_in_all > range.count); /* the library calls the counter */
#endif
    assert_int_equal(damage_failures, 0);
}

#endif
