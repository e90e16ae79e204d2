/* SPDX-License-Identifier: BSD-3-Clause */
/* report_pack.c - long rows of numbers as short text. */
#include "report_pack.h"

#include <stdlib.h>

#include "array.h"

static void pack_byte(pack_t *pack, uint8_t byte)
{
    if (ARRAY_GROW(pack, byte)) {
        pack->byte[pack->bytes++] = byte;
    } else {
        pack->short_of_memory = true;
    }
}

void pack_number(pack_t *pack, uint64_t number)
{
    while (number >= 128) {
        pack_byte(pack, (uint8_t)(number | 128U));
        number >>= 7;
    }
    pack_byte(pack, (uint8_t)number);
}

void pack_signed(pack_t *pack, int64_t number)
{
    const uint64_t doubled = (uint64_t)number << 1;
    pack_number(pack, number < 0 ? ~doubled : doubled);
}

/* Three bytes, of which those beyond the end are 0, as four characters. */
static void encode(const pack_t *pack, size_t at, char text[4])
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const size_t left = pack->bytes - at;
    const unsigned bits = (unsigned)pack->byte[at] << 16 |
                          (left > 1 ? (unsigned)pack->byte[at + 1] << 8 : 0) |
                          (left > 2 ? (unsigned)pack->byte[at + 2] : 0);
    text[0] = digit[bits >> 18];
    text[1] = digit[bits >> 12 & 63];
    text[2] = left > 1 ? digit[bits >> 6 & 63] : '=';
    text[3] = left > 2 ? digit[bits & 63] : '=';
}

json_t *pack_end(pack_t *pack)
{
    const size_t length = (pack->bytes + 2) / 3 * 4;
    char *const text = pack->short_of_memory ? NULL : malloc(length + 1);
    json_t *string = NULL;
    if (text != NULL) {
        for (size_t at = 0; at < pack->bytes; at += 3) {
            encode(pack, at, text + at / 3 * 4);
        }
        string = json_stringn_nocheck(text, length);
    }
    free(text);
    free(pack->byte);
    *pack = (pack_t){.byte = NULL};
    return string;
}
