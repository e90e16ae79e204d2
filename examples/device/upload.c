/* SPDX-License-Identifier: BSD-3-Clause */
/* upload.c - a server on port 9 that takes what a client sends and, at its end, replies with the sum of
 * all bytes modulo 2^32, lowest byte first. It holds the direction busy in which frames are received. */
#include "device.h"

#include "board.h"
#include "lwip/mem.h"
#include "lwip/tcp.h"

#define UPLOAD_PORT 9

static uint32_t upload_sum(uint32_t sum, const struct pbuf *p)
{
    for (; p != NULL; p = p->next) {
        const uint8_t *const bytes = p->payload;
        for (uint16_t i = 0; i < p->len; ++i) {
            sum += bytes[i];
        }
    }
    return sum;
}

/* The sum of a connection is kept in its argument: there is nothing to allocate. */
static err_t upload_finish(struct tcp_pcb *pcb, uint32_t sum)
{
    const uint8_t reply[4] = {(uint8_t)sum, (uint8_t)(sum >> 8), (uint8_t)(sum >> 16),
                              (uint8_t)(sum >> 24)};
    const err_t error = tcp_write(pcb, reply, sizeof reply, TCP_WRITE_FLAG_COPY);
    return (error == ERR_OK) ? tcp_close(pcb) : error;
}

static err_t upload_receive(void *argument, struct tcp_pcb *pcb, struct pbuf *p, err_t error)
{
    const uint32_t sum = (uint32_t)(uintptr_t)argument;
    (void)error;
    if (p == NULL) {
        return upload_finish(pcb, sum);
    }
    tcp_arg(pcb, (void *)(uintptr_t)upload_sum(sum, p));
    tcp_recved(pcb, p->tot_len);
    pbuf_free(p);
    return ERR_OK;
}

static err_t upload_accept(void *argument, struct tcp_pcb *pcb, err_t error)
{
    (void)argument;
    if (error == ERR_OK) {
        tcp_arg(pcb, NULL);
        tcp_recv(pcb, upload_receive);
    }
    return ERR_OK;
}

void upload_start(void)
{
    struct tcp_pcb *const pcb = tcp_new();
    if (pcb == NULL || tcp_bind(pcb, IP_ANY_TYPE, UPLOAD_PORT) != ERR_OK) {
        board_panic("the upload's port cannot be bound", __FILE__, __LINE__);
    }
    tcp_accept(tcp_listen(pcb), upload_accept);
}
