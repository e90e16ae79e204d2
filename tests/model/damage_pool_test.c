/* SPDX-License-Identifier: BSD-3-Clause */
/* Damage fuzzer of the pool: damage.h says what a scenario is. DAMAGE_STRATEGY, where it is
 * defined, names how the pool is shared.
 *
 * The client remembers each block and its content; the content of live blocks is the client's own,
 * and is written anew after the damage, now and then as the engine's own constants. Whatever was
 * damaged: no block is handed out twice, nothing of a live block and nothing outside the memory is
 * written, every call ends, a refusal or a lost block goes with a fault, no fault blames the
 * caller, the numbers are right, each live block can be put, and blocks are lost only where links
 * and keys are damaged both. At level 1 the pool is whole after each fault.
 *
 * usage: damage_pool_test [scenarios [first]]
 */
#include "damage.h"

#include "cistern/pool.h"

#define MOST_BLOCKS 24U
#define MOST        96U
#define BEFORE      60U /* calls before the damage */
#define AFTER       40U
#define ALIGNMENT   8U
#define TRIES       4U
#define BULK        4U
#define WORDS       (2U * sizeof(void *)) /* a free block's first is the link, its second the key */

typedef struct slot {
    unsigned char *block; /* NULL: none */
    unsigned failed;      /* puts that were refused */
    unsigned char content[MOST];
} slot_t;

static damage_range_t range;
static cistern_pool_t pool;
static slot_t slots[MOST_BLOCKS]; /* the first `live` are used */
static size_t live;
static size_t count;
static size_t size;
static size_t lost;      /* blocks neither free nor live */
static size_t most_lost; /* blocks that the damage may cost */
static bool imitated;    /* live blocks may hold what a free one's key is */

/* --- content ---------------------------------------------------------------------------------- */

/* A word of the memory, repeated: a link, a key, a guard. */
static void fill_with_a_word(slot_t *slot)
{
    unsigned char word[sizeof(void *)];
    memcpy(word, damage_arena + damage_below(damage_arena_bytes / sizeof word) * sizeof word,
           sizeof word);
    for (size_t i = 0; i < size; ++i) {
        slot->content[i] = word[i % sizeof word];
    }
}

static void fill(slot_t *slot)
{
    static const unsigned char constants[] = {0x00, 0xff, 0xAA, 0xDE};
    const unsigned kind = damage_below(8);
    if (kind < sizeof constants) {
        memset(slot->content, constants[kind], size);
    } else if (kind == sizeof constants && imitated) {
        fill_with_a_word(slot);
    } else {
        damage_fill_with_noise(slot->content, size);
    }
    memcpy(slot->block, slot->content, size);
}

static void expect_content(const slot_t *slot)
{
    damage_expect(memcmp(slot->block, slot->content, size) == 0,
                  "the content of a live block was written");
}

static void expect_contents(void)
{
    for (size_t i = 0; i < live; ++i) {
        expect_content(&slots[i]);
    }
}

/* --- after each call -------------------------------------------------------------------------- */

static void expect_counts(void)
{
    cistern_pool_stats_t stats;
    cistern_pool_stats(&pool, &stats);
    damage_expect(stats.count == count && stats.free + live <= count,
                  "more blocks are free than there are");
    damage_expect(stats.min_free <= stats.free, "min_free exceeds free");
    const size_t now = count - live - stats.free;
    damage_expect(now == lost || damage_call_faults > 0, "free was changed without a fault");
    damage_expect(now <= most_lost || imitated, "blocks are lost of which a witness was left");
    lost = now;
}

static void after_call(bool repairs)
{
    damage_end();
    if (damage_is_seen()) {
        expect_contents();
    }
    expect_counts();
    if (CISTERN_CHECK == 1 && damage_call_faults > 0 && repairs) {
        damage_expect(cistern_pool_check(&pool), "the pool is not whole after the report");
    }
}

/* --- calls ------------------------------------------------------------------------------------ */

static void accept(unsigned char *block)
{
    damage_expect(damage_is_inside(block, size), "a block lies outside the memory");
    damage_expect((size_t)(block - damage_arena) % cistern_pool_stride(&pool) == 0,
                  "no block starts there");
    for (size_t i = 0; i < live; ++i) {
        damage_expect(slots[i].block != block, "a live block is handed out");
    }
    slots[live] = (slot_t){.block = block};
    fill(&slots[live]);
    ++live;
}

static size_t free_blocks(void)
{
    cistern_pool_stats_t stats;
    cistern_pool_stats(&pool, &stats);
    return stats.free;
}

/* False when the pool is empty. */
static bool get(void)
{
    damage_begin("get", NULL, 0);
    unsigned char *const block = cistern_pool_get(&pool);
    if (block != NULL) {
        accept(block);
    } else {
        damage_expect(damage_call_faults > 0 || free_blocks() == 0,
                      "get fails though blocks are free");
    }
    return block != NULL || damage_call_faults > 0;
}

static void get_bulk(void)
{
    void *blocks[BULK];
    damage_begin("get_bulk", NULL, BULK);
    const size_t got = cistern_pool_get_bulk(&pool, blocks, BULK);
    damage_expect(got <= BULK, "get_bulk gives more than was asked for");
    for (size_t i = 0; i < got; ++i) {
        accept(blocks[i]);
    }
}

static void forget(size_t i)
{
    slots[i] = slots[--live];
}

/* After a refusal the block is the client's still, or the pool has taken it back. */
static void put(size_t i)
{
    expect_content(&slots[i]);
    damage_begin("put", slots[i].block, size);
    if (cistern_pool_put(&pool, slots[i].block) == CISTERN_OK) {
        forget(i);
        return;
    }
    damage_expect(damage_call_faults > 0, "a put is refused in silence");
    if (!cistern_pool_uses(&pool, slots[i].block)) {
        forget(i);
        return;
    }
    damage_expect(++slots[i].failed < TRIES, "a live block cannot be put");
}

static void put_bulk(void)
{
    void *blocks[BULK];
    const size_t given = live < BULK ? live : BULK;
    for (size_t i = 0; i < given; ++i) {
        expect_content(&slots[live - 1U - i]);
        blocks[i] = slots[live - 1U - i].block;
    }
    damage_begin("put_bulk", NULL, given);
    const size_t accepted = cistern_pool_put_bulk(&pool, blocks, given);
    damage_expect(accepted == given || damage_call_faults > 0, "a put is refused in silence");
    for (size_t i = live; i > live - given; --i) {
        slots[i - 1U].failed += cistern_pool_uses(&pool, slots[i - 1U].block) ? 1U : 0U;
    }
    for (size_t i = live; i-- > 0;) {
        if (!cistern_pool_uses(&pool, slots[i].block)) {
            forget(i);
        }
    }
}

static bool visit(void *block, size_t index, void *argument)
{
    (void)index;
    (void)argument;
    damage_expect(damage_is_inside(block, size), "a walk shows what is no block");
    return true;
}

static void inspect(void)
{
    damage_begin("check, walk and verify", NULL, 0);
    (void)cistern_pool_check(&pool);
    const size_t shown = cistern_pool_walk(&pool, visit, NULL);
    damage_expect(damage_place_count > 0 || shown == live,
                  "a walk shows other blocks than the live ones");
    if (live > 0) {
        const size_t i = damage_below(live);
        damage_expect(cistern_pool_uses(&pool, slots[i].block),
                      "a live block is not known as in use");
        damage_expect(cistern_pool_verify(&pool, slots[i].block) == CISTERN_OK ||
                          damage_call_faults > 0,
                      "verify refuses in silence");
    }
}

static void call_anything(void)
{
    const unsigned kind = damage_below(100);
    if (kind < 5) {
        inspect();
    } else if (kind < 10) {
        get_bulk();
    } else if (kind < 15) {
        put_bulk();
    } else if (live > 0 && kind < 56) {
        put(damage_below(live));
    } else {
        (void)get();
    }
    after_call(kind >= 5);
}

/* --- damage ----------------------------------------------------------------------------------- */

static bool is_live(const unsigned char *block)
{
    for (size_t i = 0; i < live; ++i) {
        if (slots[i].block == block) {
            return true;
        }
    }
    return false;
}

#if CISTERN_POOL_EXTRAS && defined DAMAGE_STRATEGY
static _Alignas(64) unsigned char work[CISTERN_POOL_CACHED_BYTES(MOST_BLOCKS, 2U)];
static cistern_pool_extras_t extras = {
    .strategy = DAMAGE_STRATEGY, .work = work, .work_bytes = sizeof work, .threads = 2};
#    define SHARED &extras
#elif CISTERN_POOL_EXTRAS
#    define SHARED NULL
#endif

/* The key alone says of a cached pool's block that it is free: an entry of its depot may be the
 * second of two racing puts, of a block that is in use. */
static bool has_two_witnesses(void)
{
#if CISTERN_POOL_EXTRAS && defined DAMAGE_STRATEGY
    return extras.strategy != &cistern_pool_cached;
#else
    return true;
#endif
}

/* Its own words and the link that leads to it are two witnesses of a free block. So one that is met
 * by the damage is not lost when all others are spared. */
static void expect_losses(void)
{
    const size_t stride = cistern_pool_stride(&pool);
    size_t met = 0;
    for (size_t i = 0; i < count; ++i) {
        const unsigned char *const block = damage_arena + i * stride;
        met += !is_live(block) && damage_meets(block, block + WORDS) ? 1U : 0U;
    }
    most_lost = (met > 1U || !has_two_witnesses()) ? met : 0;
}

static void damage(void)
{
    const size_t stride = cistern_pool_stride(&pool);
    unsigned char *anchors[DAMAGE_ANCHORS];
    expect_contents();
    for (size_t i = 0; i < count; ++i) {
        anchors[2U * i] = damage_arena + i * stride;
        anchors[2U * i + 1U] = anchors[2U * i] + size;
    }
    damage_apply(anchors, 2U * count);
    expect_losses();
    for (size_t i = 0; i < live; ++i) {
        fill(&slots[i]);
    }
}

/* --- scenario --------------------------------------------------------------------------------- */

static void start(void)
{
    static const unsigned char sizes[] = {16, 24, 32, 40, 72, 96};
    count = 4U + damage_below(MOST_BLOCKS - 3U);
    size = sizes[damage_below(sizeof sizes)];
    live = 0;
    lost = 0;
    most_lost = 0;
    imitated = damage_below(4) != 0;
    const size_t bytes = CISTERN_POOL_BYTES(count, size, ALIGNMENT);
    const cistern_pool_config_t config = {
        .name = "damage",
        .count = count,
        .size = size,
        .alignment = ALIGNMENT,
        .memory = damage_make_arena(bytes, ALIGNMENT),
        .bytes = bytes,
#if CISTERN_POOL_EXTRAS
        .extras = SHARED
#endif
    };
    damage_begin("init", NULL, bytes);
    damage_expect(cistern_pool_init(&pool, &config) == CISTERN_OK, "init failed");
}

static void put_all(void)
{
    while (live > 0) {
        put(damage_below(live));
        after_call(true);
    }
}

/* Each free block comes out once, and then none. */
static void drain(void)
{
    while (get()) {
        after_call(true);
    }
    after_call(true);
    damage_expect(live + lost == count, "free blocks cannot be had");
}

/* Once the damage was met, the pool is whole and in silence. */
static void expect_whole(void)
{
    const unsigned before = damage_faults;
    drain();
    put_all();
    damage_expect(damage_faults == before, "faults do not end");
    damage_begin("check", NULL, 0);
    damage_expect(cistern_pool_check(&pool), "the pool is not whole in the end");
    damage_expect(free_blocks() == count - lost, "free is wrong in the end");
}

static void scenario(void)
{
    start();
    for (unsigned i = 0; i < BEFORE; ++i) {
        call_anything();
        damage_expect(damage_faults == 0, "a fault without damage");
    }
    damage();
    for (unsigned i = 0; i < AFTER; ++i) {
        call_anything();
    }
    put_all();
    drain();
    put_all();
    expect_whole();
    damage_expect_margin();
    damage_record((double)lost / (double)count);
}

static void pool_survives_damage_of_its_own_memory(void **state)
{
    (void)state;
    damage_run_all(range, scenario);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(pool_survives_damage_of_its_own_memory)};
    range = damage_range_of(argc, argv);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
