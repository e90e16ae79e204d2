/* SPDX-License-Identifier: BSD-3-Clause */
/* device.h - the parts of the device: its driver (device.c), its application (device_raw.c or
 * device_sockets.c) and, with NO_SYS 0, its threads (coroutines.c).
 *
 * TCP port 80 answers "GET N" with N bytes and closes; TCP port 9000 is a sink that reads each piece
 * some time after it came; UDP port 7 answers with what it got. A port is open only if the scenario
 * has a client for it: what is never used is in no capture. */
#ifndef CISTERN_TRUTH_DEVICE_H
#define CISTERN_TRUTH_DEVICE_H

#include <stddef.h>
#include <stdint.h>

enum { PORT_ECHO = 7, PORT_HTTP = 80, PORT_SINK = 9000 };

void application_start(void);
void application_poll(void);

/* --- coroutines.c */

void coroutines_run(void);          /* all threads, until each waits */
uint64_t coroutines_due(void);      /* when one waits no longer; UINT64_MAX: none does */
void coroutines_sleep(uint64_t us); /* the calling thread */

/* Messages in a mailbox, by the size that the options give its kind. */
typedef struct mailbox_level {
    size_t size;
    size_t used; /* of the fullest */
    size_t max;  /* since it was read last */
    size_t peak;
} mailbox_level_t;

enum { MAILBOX_TCPIP, MAILBOX_TCP, MAILBOX_UDP, MAILBOX_ACCEPT, MAILBOX_KINDS };

mailbox_level_t *coroutines_mailbox(int kind);
unsigned coroutines_refused(void); /* messages for which a mailbox had no room */

#endif
