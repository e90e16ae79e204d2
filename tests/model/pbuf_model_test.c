/* SPDX-License-Identifier: BSD-3-Clause */
/* Every chain of up to four fragments of every type with lengths at the boundaries, through every
 * function that reads or changes a packet, against a model: a flat array of the same bytes.
 *
 *   chain   | RAM, 1 | POOL, 16 | REF, 0 | ROM, 16 |        each of 12 kinds at each place:
 *   model   | 00 01 02 03 ... |                             12 + 12^2 + 12^3 + 12^4 chains
 *
 * Byte i of a packet is (i * 37 + 11) mod 256, so that no two of its bytes are equal.
 */
#include "lwip_memory.h"

#include <stdbool.h>

#include "lwip/inet_chksum.h"
#include "lwip/pbuf.h"

#define MOST_FRAGMENTS 4
#define KINDS          12 /* types times lengths */
#define LONGEST        (MOST_FRAGMENTS * PBUF_POOL_BUFSIZE)
#define MOST_CUTS      (3 * MOST_FRAGMENTS + 3)

static const pbuf_type types[] = {PBUF_RAM, PBUF_ROM, PBUF_REF, PBUF_POOL};
static const pbuf_len_t lengths[] = {0, 1, PBUF_POOL_BUFSIZE};

/* --- the two sides ---------------------------------------------------------------------------- */

typedef struct recipe {
    unsigned fragments;
    unsigned kind[MOST_FRAGMENTS];
} recipe_t;

static uint8_t model[LONGEST + 2]; /* offsets past the end are asked for too */
static size_t model_length;
static uint8_t foreign_memory[MOST_FRAGMENTS][PBUF_POOL_BUFSIZE]; /* payload of ROM and REF */

static pbuf_type type_of(unsigned kind)
{
    return types[kind / 3];
}

static pbuf_len_t length_of(unsigned kind)
{
    return lengths[kind % 3];
}

static struct pbuf *build_fragment(unsigned kind, unsigned place)
{
    struct pbuf *const p = pbuf_alloc(PBUF_RAW, length_of(kind), type_of(kind));
    if (p != NULL && p->payload == NULL) {
        p->payload = foreign_memory[place];
    }
    return p;
}

/* The chain of a recipe, filled as the model is. */
static struct pbuf *build(const recipe_t *recipe)
{
    struct pbuf *head = NULL;
    model_length = 0;
    for (unsigned i = 0; i < recipe->fragments; ++i) {
        struct pbuf *const p = build_fragment(recipe->kind[i], i);
        assert_non_null(p);
        for (pbuf_len_t k = 0; k < p->len; ++k) {
            model[model_length] = (uint8_t)(model_length * 37U + 11U);
            ((uint8_t *)p->payload)[k] = model[model_length++];
        }
        if (head == NULL) {
            head = p;
        } else {
            pbuf_cat(head, p);
        }
    }
    return head;
}

static size_t min(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* --- comparing -------------------------------------------------------------------------------- */

/* The chain is sound and holds just the bytes of `expected`. */
static void assert_holds(const struct pbuf *p, const uint8_t *expected, size_t length)
{
    size_t at = 0;
    for (; p != NULL; p = p->next) {
        if (p->tot_len != length - at || p->len > p->tot_len ||
            (p->len > 0 && memcmp(p->payload, expected + at, p->len) != 0)) {
            fail_msg("fragment at %zu of %zu: len %u, tot_len %u", at, length, (unsigned)p->len,
                     (unsigned)p->tot_len);
        }
        at += p->len;
    }
    assert_int_equal(at, length);
}

/* Each edge of a fragment, the byte before and the byte behind it, and past the end of the packet.
 */
static size_t cuts_of(const struct pbuf *p, size_t *cuts)
{
    size_t count = 0;
    size_t edge = 0;
    cuts[count++] = 0;
    for (; p != NULL; p = p->next) {
        edge += p->len;
        if (edge > 0) {
            cuts[count++] = edge - 1;
        }
        cuts[count++] = edge;
        cuts[count++] = edge + 1;
    }
    return count;
}

/* --- reading ---------------------------------------------------------------------------------- */

static void check_single_bytes(struct pbuf *p)
{
    for (size_t offset = 0; offset <= model_length + 1; ++offset) {
        const bool inside = offset < model_length;
        assert_int_equal(pbuf_try_get_at(p, (pbuf_len_t)offset), inside ? model[offset] : -1);
        assert_int_equal(pbuf_get_at(p, (pbuf_len_t)offset), inside ? model[offset] : 0);
        pbuf_len_t rest = 0;
        const struct pbuf *const q = pbuf_skip(p, (pbuf_len_t)offset, &rest);
        assert_int_equal(q != NULL, inside);
        if (inside) {
            assert_int_equal(((const uint8_t *)q->payload)[rest], model[offset]);
        }
        assert_ptr_equal(pbuf_skip(p, (pbuf_len_t)offset, NULL), q);
    }
}

static void check_copy_out(const struct pbuf *p, size_t offset, size_t length)
{
    uint8_t out[LONGEST + 2];
    const size_t there = offset < model_length ? min(length, model_length - offset) : 0;
    memset(out, 0xee, sizeof out);
    assert_int_equal(pbuf_copy_partial(p, out, (pbuf_len_t)length, (pbuf_len_t)offset), there);
    assert_true(memcmp(out, model + offset, there) == 0);
    assert_int_equal(out[there], 0xee);
}

static void check_contiguous(const struct pbuf *p, size_t offset, size_t length)
{
    uint8_t out[LONGEST + 2];
    const bool inside = offset < model_length && length <= model_length - offset;
    const uint8_t *const found =
        pbuf_get_contiguous(p, out, sizeof out, (pbuf_len_t)length, (pbuf_len_t)offset);
    pbuf_len_t rest = 0;
    const struct pbuf *const q = pbuf_skip((struct pbuf *)(uintptr_t)p, (pbuf_len_t)offset, &rest);
    const bool in_one_piece = q != NULL && length <= (size_t)(q->len - rest);
    assert_int_equal(found != NULL, inside);
    if (inside) {
        assert_true(memcmp(found, model + offset, length) == 0);
        assert_ptr_equal(found, in_one_piece ? (const uint8_t *)q->payload + rest : out);
    }
    assert_int_equal(pbuf_get_contiguous(p, NULL, 0, (pbuf_len_t)length, (pbuf_len_t)offset) !=
                         NULL,
                     in_one_piece);
}

static void check_compare(const struct pbuf *p, size_t offset, size_t length)
{
    uint8_t other[LONGEST + 2] = {0};
    if (offset > model_length || length > model_length - offset) {
        assert_int_equal(pbuf_memcmp(p, (pbuf_len_t)offset, other, (pbuf_len_t)length),
                         PBUF_NOT_FOUND);
        return;
    }
    memcpy(other, model + offset, length);
    assert_int_equal(pbuf_memcmp(p, (pbuf_len_t)offset, other, (pbuf_len_t)length), 0);
    if (length > 0) {
        other[length - 1] ^= 1U;
        assert_int_equal(pbuf_memcmp(p, (pbuf_len_t)offset, other, (pbuf_len_t)length), length);
        other[length / 2] ^= 2U;
        assert_int_equal(pbuf_memcmp(p, (pbuf_len_t)offset, other, (pbuf_len_t)length),
                         length / 2 + 1);
    }
}

/* No two bytes are equal, so that a piece is found where it was taken and nowhere else. */
static void check_find(const struct pbuf *p, size_t offset, size_t length)
{
    if (offset > model_length || length > model_length - offset) {
        return;
    }
    const uint8_t *const piece = model + offset;
    const pbuf_len_t first = (pbuf_len_t)(length > 0 ? offset : 0);
    assert_int_equal(pbuf_memfind(p, piece, (pbuf_len_t)length, 0), first);
    assert_int_equal(pbuf_memfind(p, piece, (pbuf_len_t)length, (pbuf_len_t)offset), offset);
    if (length > 0) {
        assert_int_equal(pbuf_memfind(p, piece, (pbuf_len_t)length, (pbuf_len_t)(offset + 1)),
                         PBUF_NOT_FOUND);
        char string[LONGEST + 1] = {0};
        memcpy(string, piece, length);
        if (memchr(piece, 0, length) == NULL) {
            assert_int_equal(pbuf_strstr(p, string), offset);
        }
    }
}

static void check_checksum(struct pbuf *p)
{
    assert_int_equal(inet_chksum_pbuf(p), inet_chksum(model, (u16_t)model_length));
}

static void check_copies(struct pbuf *p)
{
    struct pbuf *const ram = pbuf_clone(PBUF_LINK, PBUF_RAM, p);
    struct pbuf *const pool = pbuf_clone(PBUF_RAW, PBUF_POOL, p);
    assert_holds(ram, model, model_length);
    assert_holds(pool, model, model_length);
    assert_null(ram->next);
    memset(ram->payload, 0, ram->len);
    assert_int_equal(pbuf_copy(ram, pool), ERR_OK);
    assert_holds(ram, model, model_length);
    if (model_length > 0) {
        ram->len = ram->tot_len = (pbuf_len_t)(model_length - 1);
        assert_int_equal(pbuf_copy(ram, p), ERR_ARG);
    }
    pbuf_free(ram);
    pbuf_free(pool);
}

/* --- writing: each call changes both sides ------------------------------------------------------
 */

static uint8_t next_byte;

static void new_bytes(uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; ++i) {
        bytes[i] = next_byte++;
    }
}

static void check_take(struct pbuf *p, size_t offset, size_t length)
{
    uint8_t bytes[LONGEST + 2];
    new_bytes(bytes, length);
    const bool fits = offset < model_length && length <= model_length - offset;
    assert_int_equal(pbuf_take_at(p, bytes, (pbuf_len_t)length, (pbuf_len_t)offset),
                     fits ? ERR_OK : ERR_MEM);
    if (fits) {
        memcpy(model + offset, bytes, length);
    }
    if (offset == 0) {
        new_bytes(bytes, length);
        assert_int_equal(pbuf_take(p, bytes, (pbuf_len_t)length),
                         length <= model_length ? ERR_OK : ERR_MEM);
        memcpy(model, bytes, length <= model_length ? length : 0);
    }
    assert_holds(p, model, model_length);
}

static void check_put(struct pbuf *p, size_t offset)
{
    pbuf_put_at(p, (pbuf_len_t)offset, ++next_byte);
    if (offset < model_length) {
        model[offset] = next_byte;
    }
    assert_holds(p, model, model_length);
}

/* A fragment that ends the packet and still has a successor: copying refuses such a list. */
static bool is_queue(const struct pbuf *p)
{
    for (; p->next != NULL; p = p->next) {
        if (p->tot_len == p->len) {
            return true;
        }
    }
    return false;
}

static void check_copy_in(struct pbuf *p, size_t offset, size_t length)
{
    uint8_t bytes[2][LONGEST];
    if (length > LONGEST) {
        return;
    }
    new_bytes(bytes[0], length);
    const pbuf_len_t first = (pbuf_len_t)(length / 2);
    memcpy(bytes[1], bytes[0] + first, length - first);
    struct pbuf *const from = pbuf_alloc_reference(bytes[0], first, PBUF_REF);
    pbuf_cat(from, pbuf_alloc_reference(bytes[1], (pbuf_len_t)(length - first), PBUF_ROM));
    const bool fits = offset <= model_length && length <= model_length - offset;
    const bool queue = is_queue(p) || is_queue(from);
    const err_t expected = !fits ? ERR_ARG : queue ? ERR_VAL : ERR_OK;
    assert_int_equal(pbuf_copy_partial_pbuf(p, from, (pbuf_len_t)length, (pbuf_len_t)offset),
                     expected);
    if (expected == ERR_OK) {
        memcpy(model + offset, bytes[0], length);
    }
    assert_holds(p, model, model_length);
    assert_int_equal(pbuf_free(from), 2);
}

/* --- changing the chain: each on a new one ------------------------------------------------------
 */

/* Fragments up to the first one that reaches `size`. */
static unsigned fragments_for(const recipe_t *recipe, size_t size)
{
    unsigned count = 1;
    size_t reached = length_of(recipe->kind[0]);
    while (reached < size && count < recipe->fragments) {
        reached += length_of(recipe->kind[count++]);
    }
    return count;
}

static void check_realloc(const recipe_t *recipe, size_t size)
{
    struct pbuf *const p = build(recipe);
    pbuf_realloc(p, (pbuf_len_t)size);
    assert_holds(p, model, min(size, model_length));
    assert_int_equal(pbuf_clen(p),
                     size < model_length ? fragments_for(recipe, size) : recipe->fragments);
    pbuf_free(p);
}

static void check_free_header(const recipe_t *recipe, size_t size)
{
    struct pbuf *const p = pbuf_free_header(build(recipe), (pbuf_len_t)size);
    if (p != NULL) {
        assert_true(size <= model_length);
        assert_holds(p, model + size, model_length - size);
        pbuf_free(p);
    } else {
        assert_true(size >= model_length);
    }
}

static void check_remove_header(const recipe_t *recipe, size_t size)
{
    struct pbuf *const p = build(recipe);
    const bool inside = size <= p->len;
    const bool own_memory =
        type_of(recipe->kind[0]) == PBUF_RAM || type_of(recipe->kind[0]) == PBUF_POOL;
    const size_t removed = inside ? size : 0;
    assert_int_equal(pbuf_remove_header(p, size), inside ? 0 : 1);
    assert_holds(p, model + removed, model_length - removed);
    const bool restored = removed == 0 || own_memory;
    assert_int_equal(pbuf_add_header(p, removed), restored ? 0 : 1);
    assert_int_equal(pbuf_header_force(p, (s16_t)(restored ? 0 : removed)), 0);
    assert_holds(p, model, model_length);
    pbuf_free(p);
}

static void check_coalesce(const recipe_t *recipe)
{
    struct pbuf *const p = pbuf_coalesce(build(recipe), PBUF_IP);
    assert_null(p->next);
    assert_holds(p, model, model_length);
    assert_int_equal(pbuf_free(p), 1);
}

/* Cut behind the first fragment, with the tail held or not, and joined again. */
static void check_dechain(const recipe_t *recipe)
{
    struct pbuf *p = build(recipe);
    struct pbuf *const tail = p->next;
    const size_t head_length = p->len;
    pbuf_ref(tail);
    assert_ptr_equal(pbuf_dechain(p), tail);
    assert_holds(p, model, head_length);
    if (tail != NULL) {
        assert_holds(tail, model + head_length, model_length - head_length);
        pbuf_chain(p, tail);
        assert_holds(p, model, model_length);
        assert_int_equal(pbuf_free(tail), 0);
    }
    assert_null(pbuf_dechain(p));
    assert_int_equal(pbuf_free(p), 1);
}

static void check_split(const recipe_t *recipe)
{
    struct pbuf *const p = build(recipe);
    struct pbuf *rest = p;
    pbuf_split_64k(p, &rest);
    assert_null(rest);
    assert_holds(p, model, model_length);
    assert_int_equal(pbuf_clen(p), recipe->fragments);
    assert_int_equal(pbuf_free(p), recipe->fragments);
}

/* --- all of it -------------------------------------------------------------------------------- */

static void check_piece(struct pbuf *p, size_t offset, size_t length)
{
    check_copy_out(p, offset, length);
    check_contiguous(p, offset, length);
    check_compare(p, offset, length);
    check_find(p, offset, length);
}

static void check_data(const recipe_t *recipe)
{
    size_t cuts[MOST_CUTS];
    struct pbuf *const p = build(recipe);
    const size_t count = cuts_of(p, cuts);
    assert_holds(p, model, model_length);
    check_single_bytes(p);
    check_checksum(p);
    check_copies(p);
    for (size_t a = 0; a < count; ++a) {
        for (size_t b = 0; b < count; ++b) {
            if (cuts[b] >= cuts[a]) {
                check_piece(p, cuts[a], cuts[b] - cuts[a]);
            }
        }
    }
    for (size_t a = 0; a < count; ++a) {
        check_put(p, cuts[a]);
        check_take(p, cuts[a], cuts[count - 1 - a]);
        check_copy_in(p, cuts[a], cuts[count - 1] > cuts[a] ? cuts[count - 1] - cuts[a] : 0);
        check_copy_in(p, cuts[a], 1);
    }
    pbuf_free(p);
}

static void check_changes(const recipe_t *recipe)
{
    size_t cuts[MOST_CUTS];
    struct pbuf *const p = build(recipe);
    const size_t count = cuts_of(p, cuts);
    pbuf_free(p);
    for (size_t i = 0; i < count; ++i) {
        check_realloc(recipe, cuts[i]);
        check_free_header(recipe, cuts[i]);
        check_remove_header(recipe, cuts[i]);
    }
    check_coalesce(recipe);
    check_dechain(recipe);
    check_split(recipe);
}

/* Counts through all recipes of so many fragments as through numbers of so many digits. */
static void check_all_of(unsigned fragments)
{
    unsigned recipes = 1;
    for (unsigned i = 0; i < fragments; ++i) {
        recipes *= KINDS;
    }
    for (unsigned number = 0; number < recipes; ++number) {
        recipe_t recipe = {.fragments = fragments};
        unsigned rest = number;
        for (unsigned i = 0; i < fragments; ++i, rest /= KINDS) {
            recipe.kind[i] = rest % KINDS;
        }
        check_data(&recipe);
        check_changes(&recipe);
        (void)memory_is_back(NULL);
        assert_no_fault();
    }
}

static void chains_of_one_fragment_equal_the_model(void **state)
{
    (void)state;
    check_all_of(1);
}

static void chains_of_two_fragments_equal_the_model(void **state)
{
    (void)state;
    check_all_of(2);
}

static void chains_of_three_fragments_equal_the_model(void **state)
{
    (void)state;
    check_all_of(3);
}

static void chains_of_four_fragments_equal_the_model(void **state)
{
    (void)state;
    check_all_of(4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(chains_of_one_fragment_equal_the_model),
        test(chains_of_two_fragments_equal_the_model),
        test(chains_of_three_fragments_equal_the_model),
        test(chains_of_four_fragments_equal_the_model),
    };
    return cmocka_run_group_tests(tests, memory_start, NULL);
}
