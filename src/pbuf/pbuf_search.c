/* SPDX-License-Identifier: BSD-3-Clause */
/* pbuf_search.c - packet buffers: finding bytes in a packet, in linear time and constant memory.
 *
 * The two-way algorithm (M. Crochemore, D. Perrin: "Two-way string-matching", JACM 38, 1991). The
 * pattern is cut at a *critical* position; its right part is compared first, and where it fails
 * tells how far the pattern can move. `period` is how far it moves when only the left part fails; a
 * pattern that repeats itself remembers how much of it is known to match after such a move.
 *
 *   packet     . . . . . . . . . . . . . . . . . .     pattern at `position`
 *                  |   left    |    right    |
 *                  ^ left      ^ right              both cursors only ever move forward
 *
 * I1  left stands at `position`, right at position + critical.
 * I2  the first `known` bytes of the pattern match at `position`; scan stands behind them, if they
 *     are more than `critical`.
 */
#include "pbuf_priv.h"

typedef struct pbuf_pattern {
    const u8_t *bytes;
    pbuf_len_t length;
    pbuf_len_t critical;
    pbuf_len_t period;
    bool repeats; /* period is that of the whole pattern */
} pbuf_pattern_t;

/* Start of the suffix that sorts last, in the order of bytes or in its reverse, and its period. */
static size_t pbuf_last_suffix(const u8_t *bytes, size_t length, bool reversed, size_t *period)
{
    size_t before = (size_t)-1; /* one before the best suffix so far: may be one before the first */
    size_t start = 0;
    size_t offset = 1;
    *period = 1;
    while (start + offset < length) {
        const u8_t a = bytes[start + offset];
        const u8_t b = bytes[before + offset];
        if (a == b) {
            const bool whole = offset == *period;
            start += whole ? offset : 0;
            offset = whole ? 1 : offset + 1;
        } else if ((a < b) != reversed) {
            start += offset;
            offset = 1;
            *period = start - before;
        } else {
            before = start++;
            offset = 1;
            *period = 1;
        }
    }
    return before + 1;
}

static pbuf_pattern_t pbuf_pattern_of(const u8_t *bytes, pbuf_len_t length)
{
    size_t forward_period;
    size_t reverse_period;
    const size_t forward = pbuf_last_suffix(bytes, length, false, &forward_period);
    const size_t reverse = pbuf_last_suffix(bytes, length, true, &reverse_period);
    const size_t critical = LWIP_MAX(forward, reverse);
    const size_t period = forward > reverse ? forward_period : reverse_period;
    const bool repeats =
        critical + period <= length && memcmp(bytes, bytes + period, critical) == 0;
    CISTERN_ASSERT(critical < length && period >= 1);
    const size_t move = LWIP_MAX(critical, length - critical) + 1U;
    return (pbuf_pattern_t){
        .bytes = bytes,
        .length = length,
        .critical = (pbuf_len_t)critical,
        .period = (pbuf_len_t)(repeats ? period : move),
        .repeats = repeats,
    };
}

/* Compares bytes [from, to) of the pattern at the cursor, and moves it over those that match.
 * Returns the index of the first that does not, or `to`. */
static pbuf_len_t pbuf_match(const pbuf_pattern_t *pattern, pbuf_len_t from, pbuf_len_t to,
                             pbuf_cursor_t *cursor)
{
    while (from < to) {
        u8_t *data = NULL;
        const pbuf_len_t piece = pbuf_cursor_piece(cursor, (pbuf_len_t)(to - from), &data);
        pbuf_len_t same = 0;
        while (same < piece && data[same] == pattern->bytes[from + same]) {
            ++same;
        }
        CISTERN_ASSERT(from + same <= to);
        from = (pbuf_len_t)(from + same);
        pbuf_cursor_advance(cursor, same);
        if (same < piece || piece == 0) {
            break;
        }
    }
    return from;
}

/* The search proper: the pattern is not empty and not longer than the packet behind `position`.
 * Each move is by one byte at least. */
static pbuf_len_t pbuf_search(const struct pbuf *p, const pbuf_pattern_t *pattern,
                              pbuf_len_t position)
{
    CISTERN_ASSERT(pattern->length > 0 && pbuf_holds(p, position, pattern->length));
    pbuf_len_t behind = (pbuf_len_t)(p->tot_len - position - pattern->length);
    pbuf_len_t known = 0;
    pbuf_cursor_t left = pbuf_cursor_from(p, position);
    pbuf_cursor_t right = pbuf_cursor_from(p, (pbuf_len_t)(position + pattern->critical));
    pbuf_cursor_t scan = right;
    for (;;) {
        pbuf_len_t move;
        if (known <= pattern->critical) {
            scan = right;
        }
        const pbuf_len_t start = LWIP_MAX(known, pattern->critical);
        const pbuf_len_t end = pbuf_match(pattern, start, pattern->length, &scan);
        if (scan.walk.at == NULL) {
            return PBUF_NOT_FOUND; /* a damaged chain */
        }
        if (end < pattern->length) {
            move = (pbuf_len_t)(end - pattern->critical + 1);
            known = 0;
        } else {
            pbuf_cursor_t rest = left;
            pbuf_cursor_advance(&rest, known);
            if (known >= pattern->critical ||
                pbuf_match(pattern, known, pattern->critical, &rest) == pattern->critical) {
                return position;
            }
            move = pattern->period;
            known = (pbuf_len_t)(pattern->repeats ? pattern->length - pattern->period : 0);
        }
        CISTERN_ASSERT(move >= 1 && known < pattern->length);
        if (move > behind) {
            return PBUF_NOT_FOUND;
        }
        behind = (pbuf_len_t)(behind - move);
        position = (pbuf_len_t)(position + move);
        pbuf_cursor_advance(&left, move);
        pbuf_cursor_advance(&right, move);
        if (pbuf_cursor_settle(&left) == NULL || pbuf_cursor_settle(&right) == NULL) {
            return PBUF_NOT_FOUND;
        }
    }
}

pbuf_len_t pbuf_memfind(const struct pbuf *p, const void *mem, pbuf_len_t mem_len,
                        pbuf_len_t start_offset)
{
    if (!pbuf_is_given(p, mem) || !pbuf_holds(p, start_offset, mem_len)) {
        return PBUF_NOT_FOUND;
    }
    if (mem_len == 0) {
        return start_offset;
    }
    const pbuf_pattern_t pattern = pbuf_pattern_of((const u8_t *)mem, mem_len);
    return pbuf_search(p, &pattern, start_offset);
}

pbuf_len_t pbuf_strstr(const struct pbuf *p, const char *substr)
{
    if (substr == NULL || substr[0] == '\0') {
        return PBUF_NOT_FOUND;
    }
    const size_t length = strlen(substr);
    return length < PBUF_NOT_FOUND ? pbuf_memfind(p, substr, (pbuf_len_t)length, 0)
                                   : PBUF_NOT_FOUND;
}
