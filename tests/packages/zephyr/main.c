/* SPDX-License-Identifier: BSD-3-Clause */
/* The Zephyr port on a stand-in of the kernel's calls: pools of all three interfaces, a packet buffer,
 * a double free, time and random numbers; interrupts are as they were after each call. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lwip/mem.h"
#include "lwip/memp.h"
#include "lwip/pbuf.h"
#include "lwip/sys.h"
#include "os/os_mempool.h"

#include <zephyr/kernel.h>
#include <zephyr/random/random.h>
#include <zephyr/sys/printk.h>

static unsigned int depth;
static unsigned long sections;
static char printed[256];

unsigned int irq_lock(void)
{
    sections++;
    return depth++;
}

void irq_unlock(unsigned int key)
{
    depth = key;
}

uint32_t k_uptime_get_32(void)
{
    return 1234;
}

uint32_t k_cycle_get_32(void)
{
    return 5678;
}

_Noreturn void k_panic(void)
{
    exit(3);
}

void printk(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(printed, sizeof printed, format, arguments);
    va_end(arguments);
}

void sys_rand_get(void *to, size_t bytes)
{
    memset(to, 0x5a, bytes);
}

#define EXPECT(condition)                                                                          \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                        \
            return 1;                                                                              \
        }                                                                                          \
    } while (0)

static os_membuf_t memory[OS_MEMPOOL_SIZE(2, 40)];

int main(void)
{
    struct os_mempool pool;
    mem_init();
    memp_init();
    EXPECT(memp_pools[MEMP_PBUF_POOL]->num == EXPECTED_PBUF_POOL_SIZE);
    EXPECT(memp_pools[MEMP_PBUF]->num == EXPECTED_PBUFS);

    struct pbuf *const packet = pbuf_alloc(PBUF_RAW, 100, PBUF_POOL);
    EXPECT(packet != NULL && sections > 0 && depth == 0);
    EXPECT(pbuf_free(packet) == 1 && printed[0] == '\0');

    EXPECT(os_mempool_init(&pool, 2, 40, memory, "events") == OS_OK);
    void *const event = os_memblock_get(&pool);
    EXPECT(os_memblock_put(&pool, event) == OS_OK);
    EXPECT(os_memblock_put(&pool, event) != OS_OK);
    EXPECT(strstr(printed, "fault: double free: object events (") != NULL && depth == 0);

    EXPECT(sys_now() == 1234 && sys_jiffies() == 5678 && LWIP_RAND() == 0x5a5a5a5a);
    SYS_ARCH_DECL_PROTECT(level);
    SYS_ARCH_PROTECT(level);
    EXPECT(depth == 1);
    SYS_ARCH_UNPROTECT(level);
    EXPECT(depth == 0);
    return 0;
}
