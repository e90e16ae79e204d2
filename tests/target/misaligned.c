/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads a word from an odd address. On a board that does not allow it the program never returns: so
 * the other tests, which end there, read none. */
#include <stdint.h>

int main(void)
{
    static _Alignas(4) unsigned char bytes[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    const volatile uint32_t *volatile word = (const uint32_t *)(const void *)(bytes + 1);
    return *word != 0x05040302U;
}
