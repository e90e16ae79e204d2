/* SPDX-License-Identifier: BSD-3-Clause */
/* device_raw.c - the device's application on lwIP's raw API. */
#include <stdlib.h>

#include "lwip/tcp.h"
#include "lwip/udp.h"

#include "device.h"
#include "world.h"

enum { PIECE = 1024, UNREAD = 256 };

/* --- files */

typedef struct download {
    size_t sent;
    size_t length;
} download_t;

/* Writes what the send buffer takes; closes at the end. */
static void feed(struct tcp_pcb *pcb, download_t *download)
{
    uint8_t piece[PIECE];
    while (download->sent < download->length) {
        size_t length = download->length - download->sent;
        length = length > PIECE ? PIECE : length;
        length = length > tcp_sndbuf(pcb) ? tcp_sndbuf(pcb) : length;
        for (size_t i = 0; i < length; ++i) {
            piece[i] = world_byte(download->sent + i);
        }
        if (length == 0 || tcp_write(pcb, piece, (u16_t)length, TCP_WRITE_FLAG_COPY) != ERR_OK) {
            break;
        }
        download->sent += length;
    }
    tcp_output(pcb);
    if (download->sent == download->length && tcp_close(pcb) == ERR_OK) {
        tcp_arg(pcb, NULL);
        tcp_sent(pcb, NULL);
        tcp_recv(pcb, NULL);
        tcp_err(pcb, NULL);
        tcp_poll(pcb, NULL, 0);
        free(download);
    }
}

static err_t http_sent(void *context, struct tcp_pcb *pcb, u16_t length)
{
    (void)length;
    feed(pcb, context);
    return ERR_OK;
}

static err_t http_poll(void *context, struct tcp_pcb *pcb)
{
    download_t *const download = context;
    if (download->length != 0) {
        feed(pcb, download);
    }
    return ERR_OK;
}

static err_t http_received(void *context, struct tcp_pcb *pcb, struct pbuf *p, err_t error)
{
    download_t *const download = context;
    char text[32] = "";
    (void)error;
    if (p == NULL) {
        return ERR_OK;
    }
    pbuf_copy_partial(p, text, sizeof text - 1, 0);
    tcp_recved(pcb, p->tot_len);
    pbuf_free(p);
    download->length = strtoul(text + 4, NULL, 10);
    feed(pcb, download);
    return ERR_OK;
}

static void http_failed(void *context, err_t error)
{
    (void)error;
    free(context);
}

static err_t http_accepted(void *context, struct tcp_pcb *pcb, err_t error)
{
    (void)context;
    (void)error;
    download_t *const download = calloc(1, sizeof *download);
    if (pcb == NULL || download == NULL) {
        free(download);
        return ERR_VAL;
    }
    tcp_arg(pcb, download);
    tcp_recv(pcb, http_received);
    tcp_sent(pcb, http_sent);
    tcp_err(pcb, http_failed);
    tcp_poll(pcb, http_poll, 1);
    return ERR_OK;
}

/* --- sink: what came waits for its time */

typedef struct upload {
    struct tcp_pcb *pcb; /* NULL once it is gone */
} upload_t;

typedef struct unread {
    upload_t *upload;
    struct pbuf *data; /* NULL: the end of the stream */
    uint64_t due;
} unread_t;

static struct {
    unread_t unread[UNREAD];
    size_t count;
} sink;

static err_t sink_received(void *context, struct tcp_pcb *pcb, struct pbuf *p, err_t error)
{
    (void)pcb;
    (void)error;
    if (sink.count == UNREAD) {
        return ERR_MEM; /* lwIP keeps it and asks again */
    }
    const uint64_t wait = (uint64_t)world_parameter("sink", 20000);
    sink.unread[sink.count++] =
        (unread_t){.upload = context, .data = p, .due = world_time() + wait};
    return ERR_OK;
}

static void sink_failed(void *context, err_t error)
{
    upload_t *const upload = context;
    (void)error;
    upload->pcb = NULL;
}

static err_t sink_accepted(void *context, struct tcp_pcb *pcb, err_t error)
{
    (void)context;
    (void)error;
    upload_t *const upload = malloc(sizeof *upload);
    if (pcb == NULL || upload == NULL) {
        free(upload);
        return ERR_VAL;
    }
    upload->pcb = pcb;
    tcp_arg(pcb, upload);
    tcp_recv(pcb, sink_received);
    tcp_err(pcb, sink_failed);
    return ERR_OK;
}

/* The application is done with what came: the end of a stream is its last. */
static void read_one(const unread_t *unread)
{
    struct tcp_pcb *const pcb = unread->upload->pcb;
    if (unread->data != NULL) {
        if (pcb != NULL) {
            tcp_recved(pcb, unread->data->tot_len);
        }
        pbuf_free(unread->data);
        return;
    }
    if (pcb != NULL) {
        tcp_arg(pcb, NULL);
        tcp_recv(pcb, NULL);
        tcp_err(pcb, NULL);
        tcp_close(pcb);
    }
    free(unread->upload);
}

void application_poll(void)
{
    size_t kept = 0;
    for (size_t i = 0; i < sink.count; ++i) {
        const unread_t unread = sink.unread[i];
        if (unread.due > world_time()) {
            sink.unread[kept++] = unread;
        } else {
            read_one(&unread);
        }
    }
    sink.count = kept;
}

/* --- echo */

static void echo_received(void *context, struct udp_pcb *pcb, struct pbuf *p, const ip_addr_t *from,
                          u16_t port)
{
    (void)context;
    struct pbuf *const answer = pbuf_alloc(PBUF_TRANSPORT, p->tot_len, PBUF_RAM);
    if (answer != NULL) {
        pbuf_copy(answer, p);
        udp_sendto(pcb, answer, from, port);
        pbuf_free(answer);
    }
    pbuf_free(p);
}

static void serve(u16_t port, tcp_accept_fn accepted)
{
    struct tcp_pcb *const pcb = tcp_new();
    struct tcp_pcb *listener = NULL;
    if (pcb != NULL && tcp_bind(pcb, IP_ADDR_ANY, port) == ERR_OK) {
        listener = tcp_listen(pcb);
    }
    if (listener != NULL) {
        tcp_accept(listener, accepted);
    }
}

static void serve_echo(void)
{
    struct udp_pcb *const echo = udp_new();
    if (echo != NULL) {
        udp_bind(echo, IP_ADDR_ANY, PORT_ECHO);
        udp_recv(echo, echo_received, NULL);
    }
}

void application_start(void)
{
    if (world_has("get")) {
        serve(PORT_HTTP, http_accepted);
    }
    if (world_has("put")) {
        serve(PORT_SINK, sink_accepted);
    }
    if (world_has("udp")) {
        serve_echo();
    }
}
