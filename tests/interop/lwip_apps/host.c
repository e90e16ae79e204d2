/* SPDX-License-Identifier: BSD-3-Clause */
/* host.c - what lwIP and its applications leave to a project, in a program that has no serial line
 * and accepts no uploads: it is linked, and started without a network. */
#include <stdio.h>
#include <stdlib.h>

#include "lwip/apps/httpd.h"
#include "lwip/init.h"

unsigned int apps_random(void)
{
    return (unsigned int)rand();
}

void apps_assert(const char *message)
{
    (void)fprintf(stderr, "%s\n", message);
    abort();
}

/* --- a serial line that cannot be opened -------------------------------------------------------
 * Without lwip/sio.h, whose types differ from one lwIP to the next. */

void *sio_open(u8_t number)
{
    (void)number;
    return NULL;
}

void sio_send(u8_t byte, void *line)
{
    (void)byte;
    (void)line;
}

u32_t sio_read(void *line, u8_t *data, u32_t length)
{
    (void)line;
    (void)data;
    (void)length;
    return 0;
}

u32_t sio_tryread(void *line, u8_t *data, u32_t length)
{
    return sio_read(line, data, length);
}

u32_t sio_write(void *line, const u8_t *data, u32_t length)
{
    (void)line;
    (void)data;
    (void)length;
    return 0;
}

/* --- uploads ---------------------------------------------------------------------------------- */

err_t httpd_post_begin(void *connection, const char *uri, const char *request, u16_t request_length,
                       int content_length, char *answer, u16_t answer_length, u8_t *auto_window)
{
    (void)connection;
    (void)uri;
    (void)request;
    (void)request_length;
    (void)content_length;
    (void)answer;
    (void)answer_length;
    (void)auto_window;
    return ERR_ARG;
}

err_t httpd_post_receive_data(void *connection, struct pbuf *p)
{
    (void)connection;
    pbuf_free(p);
    return ERR_ARG;
}

void httpd_post_finished(void *connection, char *answer, u16_t answer_length)
{
    (void)connection;
    (void)answer;
    (void)answer_length;
}

int main(void)
{
    lwip_init();
    (void)printf("lwIP %s started\n", LWIP_VERSION_STRING);
    return 0;
}
