/* SPDX-License-Identifier: BSD-3-Clause */
/* device_sockets.c - the device's application on lwIP's sockets: a thread for each port and for each
 * connection. */
#include <stdlib.h>

#include "lwip/sockets.h"
#include "lwip/sys.h"

#include "device.h"
#include "world.h"

enum { PIECE = 1024 };

static void serve_file(void *context)
{
    const int connection = (int)(intptr_t)context;
    char text[32] = "";
    uint8_t piece[PIECE];
    if (lwip_recv(connection, text, sizeof text - 1, 0) > 4) {
        const size_t length = strtoul(text + 4, NULL, 10);
        for (size_t sent = 0; sent < length;) {
            const size_t part = length - sent > PIECE ? PIECE : length - sent;
            for (size_t i = 0; i < part; ++i) {
                piece[i] = world_byte(sent + i);
            }
            const ssize_t done = lwip_send(connection, piece, part, 0);
            if (done <= 0) {
                break;
            }
            sent += (size_t)done;
        }
    }
    lwip_close(connection);
}

static void read_all(void *context)
{
    const int connection = (int)(intptr_t)context;
    uint8_t piece[PIECE];
    do {
        coroutines_sleep((uint64_t)world_parameter("sink", 20000));
    } while (lwip_recv(connection, piece, sizeof piece, 0) > 0);
    lwip_close(connection);
}

static int bind_port(int type, uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = lwip_htons(port)};
    const int socket = lwip_socket(AF_INET, type, 0);
    lwip_bind(socket, (struct sockaddr *)&address, sizeof address);
    return socket;
}

static void accept_all(uint16_t port, void (*serve)(void *))
{
    const int listener = bind_port(SOCK_STREAM, port);
    if (lwip_listen(listener, 8) != 0) {
        return;
    }
    for (;;) {
        const int connection = lwip_accept(listener, NULL, NULL);
        coroutines_sleep((uint64_t)world_parameter("accept", 0));
        if (connection >= 0) {
            sys_thread_new("connection", serve, (void *)(intptr_t)connection, 0, 0);
        }
    }
}

static void http(void *context)
{
    (void)context;
    accept_all(PORT_HTTP, serve_file);
}

static void sink(void *context)
{
    (void)context;
    accept_all(PORT_SINK, read_all);
}

static void echo(void *context)
{
    (void)context;
    static uint8_t datagram[8192];
    struct sockaddr_in from;
    const int socket = bind_port(SOCK_DGRAM, PORT_ECHO);
    while (socket >= 0) {
        socklen_t room = sizeof from;
        const ssize_t length =
            lwip_recvfrom(socket, datagram, sizeof datagram, 0, (struct sockaddr *)&from, &room);
        coroutines_sleep((uint64_t)world_parameter("echo", 0));
        if (length >= 0) {
            lwip_sendto(socket, datagram, (size_t)length, 0, (struct sockaddr *)&from, room);
        }
    }
}

static void start_if(const char *parameter, void (*serve)(void *))
{
    if (world_has(parameter)) {
        sys_thread_new(parameter, serve, NULL, 0, 0);
    }
}

void application_start(void)
{
    start_if("get", http);
    start_if("put", sink);
    start_if("udp", echo);
}

void application_poll(void) {}
