/* SPDX-License-Identifier: BSD-3-Clause */
/* echo.c - a server on port 7 with a thread of its own and lwIP's netconn calls: it sends back what it
 * receives, one connection after the other. */
#include "device.h"

#include "lwip/api.h"
#include "lwip/sys.h"

#if !NO_SYS

#    define ECHO_PORT     7
#    define ECHO_PRIORITY 2

static void echo_serve(struct netconn *connection)
{
    struct pbuf *p = NULL;
    while (netconn_recv_tcp_pbuf(connection, &p) == ERR_OK) {
        for (const struct pbuf *q = p; q != NULL; q = q->next) {
            (void)netconn_write(connection, q->payload, q->len, NETCONN_COPY);
        }
        pbuf_free(p);
    }
    (void)netconn_close(connection);
    (void)netconn_delete(connection);
}

static void echo_run(void *argument)
{
    struct netconn *const server = netconn_new(NETCONN_TCP);
    struct netconn *connection = NULL;
    (void)argument;
    (void)netconn_bind(server, IP_ADDR_ANY, ECHO_PORT);
    (void)netconn_listen(server);
    for (;;) {
        if (netconn_accept(server, &connection) == ERR_OK) {
            echo_serve(connection);
        }
    }
}

void echo_start(void)
{
    (void)sys_thread_new("echo", echo_run, NULL, DEFAULT_THREAD_STACKSIZE, ECHO_PRIORITY);
}

#endif
