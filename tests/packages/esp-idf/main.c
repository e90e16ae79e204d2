/* SPDX-License-Identifier: BSD-3-Clause */
/* A program on the component: a pool, a double free that goes to the console, and the spin lock, which
 * is free after each call. */
#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "arch/cistern_port.h"
#include "cistern/heap.h"
#include "cistern/pool.h"

#if __has_include("lwip/pbuf.h")
#    error "the component hides ESP-IDF's own lwip/pbuf.h"
#endif
#if CISTERN_CHECK != EXPECTED_CHECK
#    error "the option of Kconfig's does not reach the library"
#endif

static char printed[256];

int esp_rom_printf(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(printed, sizeof printed, format, arguments);
    va_end(arguments);
    return 0;
}

int main(void)
{
    static alignas(8) unsigned char blocks[CISTERN_POOL_BYTES(4, 24, 8)];
    cistern_pool_t pool;
    cistern_pool_init(&pool, &(cistern_pool_config_t){.name = "samples",
                                                      .count = 4,
                                                      .size = 24,
                                                      .alignment = 8,
                                                      .memory = blocks,
                                                      .bytes = sizeof blocks});
    void *const block = cistern_pool_get(&pool);
    cistern_pool_put(&pool, block);
    cistern_pool_put(&pool, block);
    return (strstr(printed, "fault: double free: object samples (") != NULL &&
            cistern_esp_idf_lock.sections > 0 && cistern_esp_idf_lock.depth == 0)
               ? 0
               : 1;
}
