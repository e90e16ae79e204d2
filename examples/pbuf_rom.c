/* SPDX-License-Identifier: BSD-3-Clause */
/* A header in RAM before a payload in ROM: a reply whose body is constant is sent without a copy.
 *
 *   | struct pbuf | room for IP, link | HTTP header | --next--> | struct pbuf | --> page[] in flash
 *     PBUF_RAM                                                    PBUF_ROM
 */
#include <stdio.h>
#include <string.h>

#include "lwip/mem.h"
#include "lwip/memp.h"
#include "lwip/pbuf.h"

static const char page[] = "<p>Hello from flash</p>";

/* The reply, or NULL if memory is short; the caller owns it. */
static struct pbuf *make_reply(void)
{
    char header[64];
    const int length = snprintf(header, sizeof header,
                                "HTTP/1.0 200 OK\r\nContent-Length: %zu\r\n\r\n", strlen(page));
    struct pbuf *const reply = pbuf_alloc(PBUF_TRANSPORT, (pbuf_len_t)length, PBUF_RAM);
    struct pbuf *const body = pbuf_alloc(PBUF_RAW, (pbuf_len_t)strlen(page), PBUF_ROM);
    if (reply == NULL || body == NULL) {
        if (reply != NULL) {
            pbuf_free(reply);
        }
        if (body != NULL) {
            pbuf_free(body);
        }
        return NULL;
    }
    ((struct pbuf_rom *)(void *)body)->payload = page; /* constant, and stays so */
    pbuf_take(reply, header, (pbuf_len_t)length);
    pbuf_cat(reply, body); /* the reference to body is the chain's now */
    return reply;
}

int main(void)
{
    char wire[128];
    mem_init();
    memp_init();
    struct pbuf *const reply = make_reply();
    if (reply == NULL) {
        return 1;
    }
    /* the layers below put their headers into the room before the first fragment */
    if (pbuf_add_header(reply, 20) != 0) {
        return 1;
    }
    memset(reply->payload, 0, 20); /* a TCP header goes here */
    const pbuf_len_t sent = pbuf_copy_partial(reply, wire, sizeof wire, 0);
    printf("%u bytes in %u fragments\n%.*s\n", (unsigned)sent, (unsigned)pbuf_clen(reply),
           (int)sent - 20, wire + 20);
    printf("%u fragments freed\n", (unsigned)pbuf_free(reply));
    return 0;
}
