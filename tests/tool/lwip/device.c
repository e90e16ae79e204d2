/* SPDX-License-Identifier: BSD-3-Clause */
/* device.c - the device: its driver and its statistics.
 *
 *   without threads   frame --> PBUF_POOL --> ring, `service` us each --> lwIP
 *   with threads      frame --> PBUF_POOL --> tcpip mailbox --> thread, `service` us each --> lwIP */
#include "device.h"

#include "lwip/init.h"
#include "lwip/priv/memp_priv.h"
#include "lwip/stats.h"
#include "lwip/tcpip.h"
#include "lwip/timeouts.h"

#include "ethernet.h"

enum { RING = 256 };

static struct netif interface;
static unsigned dropped; /* frames for which there was no memory */

u32_t sys_now(void)
{
    return (u32_t)(world_time() / 1000U);
}

static err_t send_frame(struct netif *netif, struct pbuf *p)
{
    (void)netif;
    return ethernet_send(&device_station, p);
}

static err_t init_interface(struct netif *netif)
{
    ethernet_init(netif, 2);
    netif->linkoutput = send_frame;
    return ERR_OK;
}

static void add_interface(netif_input_fn input)
{
    ip4_addr_t own;
    ip4_addr_t mask;
    ip4_addr_t gateway;
    IP4_ADDR(&own, 10, 77, 0, 2);
    IP4_ADDR(&mask, 255, 255, 255, 0);
    IP4_ADDR(&gateway, 10, 77, 0, 1);
    netif_add(&interface, &own, &mask, &gateway, NULL, init_interface, input);
    netif_set_default(&interface);
    netif_set_up(&interface);
}

static void hand_up(struct pbuf *p)
{
    if (interface.input(p, &interface) != ERR_OK) {
        ++dropped;
        pbuf_free(p);
    }
}

#if NO_SYS

/* --- without threads: frames wait in the driver's ring while one is processed */

static struct {
    struct pbuf *frame[RING];
    unsigned first;
    unsigned count;
    uint64_t done; /* when the first is processed */
} ring;

static uint64_t service(void)
{
    return (uint64_t)world_parameter("service", 0);
}

static void poll(void)
{
    while (ring.count > 0 && ring.done <= world_time()) {
        struct pbuf *const p = ring.frame[ring.first];
        ring.first = (ring.first + 1) % RING;
        ring.done = world_time() + service();
        --ring.count;
        hand_up(p);
    }
    sys_check_timeouts();
    application_poll();
}

static void receive(const void *frame, size_t length)
{
    struct pbuf *const p = ring.count == RING ? NULL : ethernet_copy(frame, length);
    if (p == NULL) {
        ++dropped;
        return;
    }
    if (ring.count == 0) {
        ring.done = world_time() + service();
    }
    ring.frame[(ring.first + ring.count++) % RING] = p;
    if (service() == 0) {
        poll();
    }
}

static uint64_t due(void)
{
    return ring.count > 0 ? ring.done : UINT64_MAX;
}

static void start(void)
{
    lwip_init();
    add_interface(ethernet_input);
    application_start();
}

#else

/* --- with threads */

static void started(void *context)
{
    (void)context;
    add_interface(tcpip_input);
    application_start();
}

static void poll(void)
{
    coroutines_run();
}

static void receive(const void *frame, size_t length)
{
    struct pbuf *const p = ethernet_copy(frame, length);
    if (p == NULL) {
        ++dropped;
        return;
    }
    hand_up(p);
    coroutines_run();
}

static uint64_t due(void)
{
    return coroutines_due();
}

static void start(void)
{
    tcpip_init(started, NULL);
    coroutines_run();
}

#endif

/* --- statistics */

typedef struct column {
    const char *name;
    int pool; /* memp_t, or one of those below */
} column_t;

enum { HEAP = -1, ABSENT = -2, MAILBOX = -3 /* and less: a kind of mailbox each */ };

#if !IP_REASSEMBLY
#    define MEMP_REASSDATA ABSENT
#    define MEMP_FRAG_PBUF ABSENT
#endif
#if !ARP_QUEUEING
#    define MEMP_ARP_QUEUE ABSENT
#endif

/* The names of cistern's own table. */
static const column_t column[] = {
    {"PBUF_POOL", MEMP_PBUF_POOL},
    {"TCP_SEG", MEMP_TCP_SEG},
    {"TCP_PCB", MEMP_TCP_PCB},
    {"PBUF_REF/ROM", MEMP_PBUF},
    {"REASSDATA", MEMP_REASSDATA},
    {"ARP_QUEUE", MEMP_ARP_QUEUE},
    {"heap", HEAP},
    {"TCP_PCB_LISTEN", MEMP_TCP_PCB_LISTEN},
    {"UDP_PCB", MEMP_UDP_PCB},
    {"FRAG_PBUF", MEMP_FRAG_PBUF},
#if !NO_SYS
    {"NETBUF", MEMP_NETBUF},
    {"NETCONN", MEMP_NETCONN},
    {"TCPIP_MSG_INPKT", MEMP_TCPIP_MSG_INPKT},
    {"TCPIP_MSG_API", MEMP_TCPIP_MSG_API},
    {"tcpip_mailbox", MAILBOX - MAILBOX_TCPIP},
    {"TCP_receive_mailbox", MAILBOX - MAILBOX_TCP},
    {"UDP_receive_mailbox", MAILBOX - MAILBOX_UDP},
    {"accept_mailbox", MAILBOX - MAILBOX_ACCEPT},
#endif
};

enum { COLUMNS = sizeof column / sizeof column[0] };

static size_t peak[COLUMNS];

#if NO_SYS
static void read_mailbox(int kind, size_t *used, size_t *max)
{
    (void)kind;
    (void)used;
    (void)max;
}
static unsigned refused(void)
{
    return 0;
}
#else
static void read_mailbox(int kind, size_t *used, size_t *max)
{
    mailbox_level_t *const level = coroutines_mailbox(kind);
    *used = level->used;
    *max = level->max;
    level->max = level->used;
}
static unsigned refused(void)
{
    return coroutines_refused();
}
#endif

/* What is used, and what was at most since this was asked last. */
static void read_column(int pool, size_t *used, size_t *max)
{
    *used = 0;
    *max = 0;
    if (pool <= MAILBOX) {
        read_mailbox(MAILBOX - pool, used, max);
    } else if (pool == HEAP) {
        *used = lwip_stats.mem.used;
        *max = lwip_stats.mem.max;
        lwip_stats.mem.max = lwip_stats.mem.used;
    } else if (pool != ABSENT) {
        *used = lwip_stats.memp[pool]->used;
        *max = lwip_stats.memp[pool]->max;
        lwip_stats.memp[pool]->max = lwip_stats.memp[pool]->used;
    }
}

static void sample(char *text, size_t room)
{
    size_t length = 0;
    for (int i = 0; i < COLUMNS; ++i) {
        size_t used;
        size_t max;
        read_column(column[i].pool, &used, &max);
        peak[i] = max > peak[i] ? max : peak[i];
        length += (size_t)snprintf(text + length, room - length, " %zu/%zu", used, max);
    }
}

static unsigned failures(void)
{
    unsigned sum = lwip_stats.mem.err;
    for (int i = 0; i < MEMP_MAX; ++i) {
        sum += lwip_stats.memp[i]->err;
    }
    return sum;
}

static void report(void)
{
    for (int i = 0; i < COLUMNS; ++i) {
        printf("peak.%s %zu\n", column[i].name, peak[i]);
    }
    for (int i = 0; i < MEMP_MAX; ++i) {
        if (lwip_stats.memp[i]->err != 0) {
            printf("failures.%s %u\n", lwip_stats.memp[i]->name, (unsigned)lwip_stats.memp[i]->err);
        }
    }
    printf("failures.heap %u\nfailures %u\nrefused %u\ndropped %u\n", (unsigned)lwip_stats.mem.err,
           failures(), refused(), dropped);
}

static void columns(char *text, size_t room)
{
    size_t length = 0;
    for (int i = 0; i < COLUMNS; ++i) {
        length += (size_t)snprintf(text + length, room - length, " %s", column[i].name);
    }
}

const station_t device_station = {.start = start,
                                  .receive = receive,
                                  .poll = poll,
                                  .due = due,
                                  .report = report,
                                  .sample = sample,
                                  .columns = columns};
