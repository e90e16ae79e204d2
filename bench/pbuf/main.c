/* SPDX-License-Identifier: BSD-3-Clause */
/* Packet buffers through lwIP's interface alone: built with this library and with lwIP's own
 * sources. */
#define _POSIX_C_SOURCE 200809L
#include <string.h>

#include "../bench.h"
#include "lwip/mem.h"
#include "lwip/memp.h"
#include "lwip/pbuf.h"

static struct pbuf *packet;
static unsigned char memory[1460];

static void nothing(void) {}

static void alloc_and_free(u16_t length, pbuf_type type)
{
    pbuf_free(pbuf_alloc(PBUF_RAW, length, type));
}

static void pool_1514(void)
{
    alloc_and_free(1514, PBUF_POOL);
}

static void ram_512(void)
{
    alloc_and_free(512, PBUF_RAM);
}

static void ref(void)
{
    alloc_and_free(512, PBUF_REF);
}

static void header(void)
{
    (void)pbuf_add_header(packet, 20);
    (void)pbuf_remove_header(packet, 20);
}

static void copy_out(void)
{
    (void)pbuf_copy_partial(packet, memory, sizeof memory, 0);
}

static void copy_in(void)
{
    (void)pbuf_take(packet, memory, sizeof memory);
}

/* The limit of copying. */
static void plain_copy(void)
{
    void *(*volatile copy)(void *, const void *, size_t) = memcpy;
    (void)copy(memory, packet->payload, sizeof memory);
}

int main(void)
{
    mem_init();
    memp_init();
    packet = pbuf_alloc(PBUF_TRANSPORT, sizeof memory, PBUF_POOL);
    bench_run("nothing", nothing);
    bench_run("pool 1514 alloc+free", pool_1514);
    bench_run("ram 512 alloc+free", ram_512);
    bench_run("ref alloc+free", ref);
    bench_run("header add+remove", header);
    bench_run("copy out 1460", copy_out);
    bench_run("copy in 1460", copy_in);
    bench_run("memcpy 1460", plain_copy);
    return 0;
}
