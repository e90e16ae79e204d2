/* SPDX-License-Identifier: BSD-3-Clause */
/* server.c - lwIP's own HTTP server on a wire (wire.h), with pages from a folder.
 *
 *     server PAGES --tap NAME [--record FILE] [--lost N] [--doubled N] [--late N] [--seed N]
 *     server PAGES --replay FILE [--trace FILE]
 *
 * Serves until SIGTERM and until each connection has ended, or to the end of the recording; then
 * prints, as JSON, what its memory was used for. One context: it takes an event, and lwIP does all
 * that follows from it. */
#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "lwip/apps/fs.h"
#include "lwip/apps/httpd.h"
#include "lwip/etharp.h"
#include "lwip/init.h"
#include "lwip/netif.h"
#include "lwip/pbuf.h"
#include "lwip/memp.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/stats.h"
#include "lwip/timeouts.h"
#include "netif/ethernet.h"

#include "memory.h"
#include "wire.h"

enum { PAGES = 64, PATH = 512, DRAIN = 30000 /* ms */ };

static const uint64_t FNV_PRIME = 1099511628211U;

typedef struct page {
    char name[64]; /* as in a URL: "/index.html" */
    char *bytes;
    long length;
} page_t;

static struct {
    page_t page[PAGES];
    size_t pages;
    struct netif netif;
    uint32_t time;
    uint64_t digest; /* of all frames that were sent */
    unsigned received;
    unsigned sent;
    unsigned dropped; /* received, and no memory for them */
    unsigned requests;
    size_t heap_at_start;
} server = {.digest = 14695981039346656037U};

static volatile sig_atomic_t stopped;

u32_t sys_now(void)
{
    return server.time;
}

/* --- pages ------------------------------------------------------------------------------------- */

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void page_load(const char *folder, const char *name)
{
    char path[PATH];
    page_t *const page = &server.page[server.pages++];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    snprintf(page->name, sizeof page->name, "/%s", name);
    FILE *const file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (page->length = ftell(file)) <= 0) {
        fail(path);
    }
    page->bytes = malloc((size_t)page->length);
    rewind(file);
    if (page->bytes == NULL || fread(page->bytes, (size_t)page->length, 1, file) != 1) {
        fail(path);
    }
    fclose(file);
}

static void pages_load(const char *folder)
{
    DIR *const directory = opendir(folder);
    if (directory == NULL) {
        fail(folder);
    }
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (entry->d_name[0] != '.' && server.pages < PAGES) {
            page_load(folder, entry->d_name);
        }
    }
    closedir(directory);
}

/* lwIP's hooks for files that are not built in. */
int fs_open_custom(struct fs_file *file, const char *name);
void fs_close_custom(struct fs_file *file);

int fs_open_custom(struct fs_file *file, const char *name)
{
    for (size_t i = 0; i < server.pages; ++i) {
        if (strcmp(server.page[i].name, name) == 0) {
            memset(file, 0, sizeof *file);
            file->data = server.page[i].bytes;
            file->len = (int)server.page[i].length;
            file->index = file->len;
            file->flags = FS_FILE_FLAGS_HEADER_PERSISTENT;
            ++server.requests;
            return 1;
        }
    }
    return 0;
}

void fs_close_custom(struct fs_file *file)
{
    (void)file;
}

/* --- the interface ----------------------------------------------------------------------------- */

static void digest_add(const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; ++i) {
        server.digest = (server.digest ^ bytes[i]) * FNV_PRIME;
    }
}

/* Outside of serve(), whose instructions are counted. */
__attribute__((noipa)) static void frame_out(const uint8_t *frame, size_t length)
{
    ++server.sent;
    digest_add(frame, length);
    wire_send(frame, length);
}

static err_t netif_send(struct netif *netif, struct pbuf *p)
{
    uint8_t frame[WIRE_FRAME_BYTES];
    const u16_t length = pbuf_copy_partial(p, frame, sizeof frame, 0);
    (void)netif;
    frame_out(frame, length);
    return ERR_OK;
}

static err_t netif_start(struct netif *netif)
{
    static const uint8_t address[] = {2, 0, 0, 0, 0x78, 2};
    netif->name[0] = 'e';
    netif->name[1] = 'n';
    netif->mtu = 1500;
    netif->hwaddr_len = sizeof address;
    memcpy(netif->hwaddr, address, sizeof address);
    netif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_LINK_UP;
    netif->output = etharp_output;
    netif->linkoutput = netif_send;
    return ERR_OK;
}

static void frame_in(const uint8_t *frame, size_t length)
{
    struct pbuf *const p = pbuf_alloc(PBUF_RAW, (u16_t)length, PBUF_POOL);
    ++server.received;
    if (p == NULL) {
        ++server.dropped;
        return;
    }
    pbuf_take(p, frame, (u16_t)length);
    if (server.netif.input(p, &server.netif) != ERR_OK) {
        pbuf_free(p);
    }
}

/* All that an event makes lwIP do. */
__attribute__((noipa)) static void serve(const wire_event_t *event)
{
    if (event->length == 0) {
        sys_check_timeouts();
    } else {
        frame_in(event->frame, event->length);
    }
}

static void start(void)
{
    ip4_addr_t own;
    ip4_addr_t mask;
    ip4_addr_t gateway;
    IP4_ADDR(&own, 10, 78, 0, 2);
    IP4_ADDR(&mask, 255, 255, 255, 0);
    IP4_ADDR(&gateway, 10, 78, 0, 1);
    lwip_init();
    netif_add(&server.netif, &own, &mask, &gateway, NULL, netif_start, ethernet_input);
    netif_set_default(&server.netif);
    netif_set_up(&server.netif);
    httpd_init();
    server.heap_at_start = lwip_stats.mem.used;
}

/* --- the end ----------------------------------------------------------------------------------- */

static size_t pcbs_in(const struct tcp_pcb *pcb)
{
    size_t count = 0;
    for (; pcb != NULL; pcb = pcb->next) {
        ++count;
    }
    return count;
}

/* Elements that must be in use when no connection is open: lwIP's listener and timers, and control
 * blocks in TIME-WAIT. */
static size_t used_at_rest(int pool)
{
    switch (pool) {
    case MEMP_TCP_PCB:
        return pcbs_in(tcp_tw_pcbs);
    case MEMP_TCP_PCB_LISTEN:
        return 1;
    case MEMP_SYS_TIMEOUT:
        return lwip_stats.memp[pool]->used;
    default:
        return 0;
    }
}

static void report_pools(void)
{
    size_t leaked = lwip_stats.mem.used - server.heap_at_start;
    unsigned failures = lwip_stats.mem.err;
    printf("\"pools\": {");
    for (int i = 0; i < MEMP_MAX; ++i) {
        const struct stats_mem *const stats = lwip_stats.memp[i];
        printf("%s\"%s\": {\"max\": %u, \"failures\": %u}", i == 0 ? "" : ", ", stats->name,
               (unsigned)stats->max, (unsigned)stats->err);
        leaked += stats->used - used_at_rest(i);
        failures += stats->err;
    }
    printf("}, \"leaked\": %zu, \"failures\": %u", leaked, failures);
}

/* Seconds of the processor, the kernel's for this program included. */
static double processor_time(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static void report(void)
{
    printf("{\"processor\": %.6f, ", processor_time());
    printf("\"requests\": %u, \"received\": %u, \"sent\": %u, \"dropped\": %u, \"open\": %zu, "
           "\"faults\": %u, \"digest\": \"%016llx\", \"heap_max\": %u, ",
           server.requests, server.received, server.sent, server.dropped, pcbs_in(tcp_active_pcbs),
           memory_faults(), (unsigned long long)server.digest, (unsigned)lwip_stats.mem.max);
    report_pools();
    printf(", ");
    wire_report();
    printf("}\n");
}

static void stop(int number)
{
    (void)number;
    stopped = 1;
}

/* After SIGTERM connections have some time to end, over a link that loses nothing. */
static bool over(void)
{
    static bool draining;
    static uint32_t until;
    if (stopped && !draining) {
        draining = true;
        until = server.time + DRAIN;
        wire_calm();
    }
    return draining && (tcp_active_pcbs == NULL || (int32_t)(server.time - until) >= 0);
}

static void run(void)
{
    static wire_event_t event;
    while (!over() && wire_next(&event)) {
        server.time = event.time;
        serve(&event);
        memory_trace_step(server.time);
    }
}

/* --- the command line --------------------------------------------------------------------------- */

static const char *text_option(int argc, char **argv, const char *name)
{
    for (int i = 2; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], name) == 0) {
            return argv[i + 1];
        }
    }
    return NULL;
}

static unsigned number_option(int argc, char **argv, const char *name)
{
    const char *const text = text_option(argc, argv, name);
    return text == NULL ? 0U : (unsigned)strtoul(text, NULL, 10);
}

int main(int argc, char **argv)
{
    const wire_options_t options = {.tap = text_option(argc, argv, "--tap"),
                                    .replay = text_option(argc, argv, "--replay"),
                                    .record = text_option(argc, argv, "--record"),
                                    .lost = number_option(argc, argv, "--lost"),
                                    .doubled = number_option(argc, argv, "--doubled"),
                                    .late = number_option(argc, argv, "--late"),
                                    .seed = number_option(argc, argv, "--seed")};
    const char *const trace = text_option(argc, argv, "--trace");
    if (argc < 4 || (options.tap == NULL) == (options.replay == NULL)) {
        fprintf(stderr, "usage: server PAGES --tap NAME | --replay FILE [OPTION VALUE]...\n");
        return 2;
    }
    signal(SIGTERM, stop);
    pages_load(argv[1]);
    wire_open(&options);
    memory_trace_open(trace == NULL ? "/dev/null" : trace);
    start();
    run();
    memory_trace_close();
    report();
    return 0;
}
