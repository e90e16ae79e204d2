/* SPDX-License-Identifier: BSD-3-Clause */
/* PBUF_REF: a packet on memory of one's own, from allocation to free.
 *
 *   | struct pbuf | --payload--> frame[], a DMA buffer of the driver
 *
 * The pbuf does not own the bytes. Whoever wants to keep the packet longer than the call that it
 * came with must copy it, since the driver will write the next frame there: PBUF_NEEDS_COPY says
 * so. */
#include <stdio.h>
#include <string.h>

#include "lwip/mem.h"
#include "lwip/memp.h"
#include "lwip/pbuf.h"

static char frame[64]; /* the driver's buffer: written again and again */

static struct pbuf *kept; /* a queue of one packet */

/* Keeps a packet for later: by a copy if its bytes may change, else by a reference. */
static void keep(struct pbuf *packet)
{
    if (PBUF_NEEDS_COPY(packet)) {
        kept = pbuf_clone(PBUF_RAW, PBUF_RAM, packet);
    } else {
        pbuf_ref(packet);
        kept = packet;
    }
}

static int receive(void)
{
    /* allocate and set: the pbuf, and the memory that it refers to */
    struct pbuf *const packet = pbuf_alloc_reference(frame, (pbuf_len_t)strlen(frame), PBUF_REF);
    if (packet == NULL) {
        return 1; /* no MEMP_PBUF left: the frame is dropped */
    }
    /* use */
    keep(packet);
    /* free: the struct goes back to its pool, the bytes stay the driver's */
    pbuf_free(packet);
    return 0;
}

int main(void)
{
    mem_init();
    memp_init();
    strcpy(frame, "first frame");
    if (receive() != 0 || kept == NULL) {
        return 1;
    }
    strcpy(frame, "second frame"); /* the hardware writes on */
    printf("kept: %.*s\n", (int)kept->len, (const char *)kept->payload);
    pbuf_free(kept);
    return 0;
}
