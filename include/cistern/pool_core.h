/* SPDX-License-Identifier: BSD-3-Clause */
/* cistern/pool_core.h - the steps of a get and a put, for a face that keeps its pools in structs of
 * its own, such as lwIP's constant descriptions.
 *
 *   free block   | link | key | ... |     key = (link + rotated link) ^ address ^ secret
 *
 * Vocabulary: a shape is what a fast path must know of a pool. The key of a free block is computed
 * from its link, its address and the secret, so that a change of link or key shows. A block is
 * sound if key and link agree; at check level 0 there is no key, and every block counts as sound.
 * The secret differs between programs, and between runs where programs are loaded at random
 * addresses.
 *
 * A face calls what follows inside its own critical section, but for the last part. It serves the
 * usual case with pop and push, and all others with cistern_pool_take and cistern_pool_give on a
 * cistern_pool_t that it fills in for the call: size, count, touched, base, stride_shift, inverse,
 * guard, free, free_list and name. Afterwards it keeps free, free_list and quarantined. From check
 * level 1 on, blocks of one word always go through take and give, with `slow` set to
 * CISTERN_POOL_KEYLESS. src/memp/memp_slow.c is the example.
 *
 * Invariants (src/pool/pool.c has the others); a pair is a link with the key that belongs to it
 *   (C1) two words of zeros are no pair, since address ^ secret is odd where blocks have even
 *        addresses; any other word, written twice, is a pair at one address at most
 *   (C2) a copy of a free block is no pair at another address
 *   (C3) the key of a link with one bit flipped differs in two bits or more: the rotation is by a
 *        number of bits that has no divisor in common with the width of a word. So neither two
 *        flipped bits nor a mask over both words leaves a pair, and a pair proves its link */
#ifndef CISTERN_POOL_CORE_H
#define CISTERN_POOL_CORE_H

#include "cistern/fault.h"
#include "cistern/pool.h"

#ifdef __cplusplus
extern "C" {
#endif

/* An object with an even address. */
extern const unsigned char cistern_pool_anchor[2];

/* The secret in every key: an odd number. A program may define another expression, such as a word
 * that it filled with noise before the first pool was made. With an even one two words of zeros can
 * be a pair (C1): CISTERN_ASSERT states it, and nothing else detects it. */
#ifndef CISTERN_POOL_KEY
#    define CISTERN_POOL_KEY ((uintptr_t)cistern_pool_anchor + (uintptr_t)0x6995U)
#endif

/* A place in the source. */
typedef struct cistern_pool_place {
    const char *file;
    int line;
} cistern_pool_place_t;

/* What the fast paths must know of a pool: at check level 0 its base alone. */
typedef struct cistern_pool_shape {
    uintptr_t base; /* address of block 0 */
    size_t limit;   /* blocks that were linked or handed out before: the lowest ones */
    size_t inverse; /* of the odd part of the stride, modulo the word size */
    uint8_t shift;  /* stride = odd << shift */
} cistern_pool_shape_t;

/* A fault that was found inside a critical section, to be reported outside it. */
typedef struct cistern_pool_finding {
    cistern_fault_kind_t kind; /* CISTERN_FAULT_NONE: nothing was found */
    const void *address;
} cistern_pool_finding_t;

static inline size_t cistern_pool_rotate_right(size_t value, unsigned bits)
{
    const unsigned width = (unsigned)(sizeof(size_t) * CHAR_BIT);
    return (value >> bits) | (value << ((width - bits) & (width - 1U)));
}

/* Index of the block that starts at an address; the number of blocks or more for every other
 * address, since the function maps words to words one to one, and the starts of blocks to the
 * numbers from 0 to count - 1. From check level 1 on, where a shape has the inverse. Constant time,
 * any context. */
static inline size_t cistern_pool_index(const cistern_pool_shape_t *shape, const void *address)
{
    const size_t distance = (size_t)((uintptr_t)address - shape->base);
    return cistern_pool_rotate_right(distance * shape->inverse, shape->shift);
}

/* A free block of two words or more. */
typedef struct cistern_keyed_block {
    cistern_block_t link;
    uintptr_t key;
} cistern_keyed_block_t;

/* The key of a free block that holds `link`. Constant time, any context. */
static inline uintptr_t cistern_pool_key(const void *block, const void *link)
{
    const size_t rotated = cistern_pool_rotate_right((size_t)(uintptr_t)link, 7U);
    return ((uintptr_t)link + rotated) ^ (uintptr_t)block ^ CISTERN_POOL_KEY;
}

/* True if a block's link and key agree: it is free, or its user wrote a key there by accident. At
 * check level 0 always true. The address must be that of a block of two words or more. Constant
 * time. */
static inline bool cistern_pool_is_sound(const void *block)
{
    const cistern_keyed_block_t *const free_block = (const cistern_keyed_block_t *)block;
    return CISTERN_CHECK == 0 || free_block->key == cistern_pool_key(block, free_block->link.next);
}

/* Takes the first free block off a list; NULL, and nothing is changed, if the list is empty or its
 * first block is not sound. Constant time. */
static inline void *cistern_pool_pop(cistern_block_t **list)
{
    cistern_keyed_block_t *const block = (cistern_keyed_block_t *)(void *)*list;
    if (block == NULL) {
        return NULL;
    }
    cistern_block_t *const next = block->link.next;
    if (CISTERN_CHECK >= 1) {
        if (block->key != cistern_pool_key(block, next)) {
            return NULL;
        }
        block->key = 0;
    }
    *list = next;
    return block;
}

/* True only if an address is a block in use; at check level 0 always true. If it is false, as for a
 * block in use that holds a key by accident, cistern_pool_give must decide. Constant time. */
static inline bool cistern_pool_may_push(const cistern_pool_shape_t *shape, const void *address)
{
    const cistern_keyed_block_t *const block = (const cistern_keyed_block_t *)address;
    return CISTERN_CHECK == 0 || (cistern_pool_index(shape, address) < shape->limit &&
                                  block->key != cistern_pool_key(block, block->link.next));
}

/* Puts a block first on a list. Constant time. */
static inline void cistern_pool_push(cistern_block_t **list, void *address)
{
    cistern_keyed_block_t *const block = (cistern_keyed_block_t *)address;
    if (CISTERN_CHECK >= 1) {
        block->key = cistern_pool_key(block, *list);
    }
    block->link.next = *list;
    *list = &block->link;
}

/* --- the whole of a get and a put, inside the caller's critical section -------------------------
 */

/* Takes a block. NULL, counted in `failures`, if none is free; NULL and a finding if the first free
 * block is damaged, which is repaired. *finding is unchanged otherwise. Linear in the number of
 * blocks after damage, else as cistern_pool_get. */
void *cistern_pool_take(cistern_pool_t *pool, cistern_pool_finding_t *finding);

/* What cistern_pool_take does of a pool whose first free block is not sound: repairs it, and makes
 * the finding. From check level 1 on. Linear in the number of blocks. */
void cistern_pool_mend(cistern_pool_t *pool, cistern_pool_finding_t *finding);

/* Gives a block back. False and a finding if it is refused; true and a finding if its guard was
 * damaged, which is repaired; true and CISTERN_FAULT_NONE otherwise. Linear in the number of free
 * blocks if the block holds its key, else as cistern_pool_put. */
bool cistern_pool_give(cistern_pool_t *pool, void *block, cistern_pool_finding_t *finding);

/* Makes every block free, in ascending order of address, and forgets all history. Linear in the
 * number of blocks. */
void cistern_pool_start(cistern_pool_t *pool);

/* Adds an event to the history of a block: level 3. `at` is NULL where the caller's place is not
 * known; its `file` is stored, not copied. Constant time. */
#if CISTERN_CHECK >= 3
void cistern_pool_remember(const cistern_pool_t *pool, const void *block,
                           cistern_pool_action_t action, const cistern_pool_place_t *at);
#else
static inline void cistern_pool_remember(const cistern_pool_t *pool, const void *block,
                                         cistern_pool_action_t action,
                                         const cistern_pool_place_t *at)
{
    (void)pool;
    (void)block;
    (void)action;
    (void)at;
}
#endif

/* --- outside the critical section ----------------------------------------------------------------
 */

/* Raises the fault of a finding (cistern/fault.h). Returns CISTERN_OK if there is none,
 * ERROR_ARGUMENT for a block that was NULL, which is no fault, else ERROR_FAULT. Linear in the
 * number of registered pools for a foreign address, else constant time. Contexts as
 * cistern_pool_get. */
cistern_error_t cistern_pool_report(const cistern_pool_t *pool,
                                    const cistern_pool_finding_t *finding);

/* Raises the fault of a finding, with `object` and `name` of the pool that the call was made on.
 * `owner` is the pool that the address belongs to: that one, or another for a foreign address, or
 * NULL; no registry is searched. Constant time. Contexts as cistern_pool_get. */
void cistern_pool_raise(const cistern_pool_t *owner, const void *object,
                        const cistern_pool_finding_t *finding, const char *name);

#if CISTERN_POOL_EXTRAS
/* Blocks in use of a pool whose strategy is cistern_pool_lock_free, and the most that were in use
 * at once. Both count every call that has returned. 0 for a pool without extras; other strategies
 * are not allowed. Constant time, any context. */
size_t cistern_pool_lock_free_used(const cistern_pool_t *pool);
size_t cistern_pool_lock_free_most_used(const cistern_pool_t *pool);
#endif

#ifdef __cplusplus
}
#endif

#endif
