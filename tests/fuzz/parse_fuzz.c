/* parse_fuzz.c - the host program's parser under libFuzzer. An input is a capture; every frame of
 * it goes through the parser, the reassembly and the answers, in elements so small that headers are
 * split. What must hold: no sanitizer report, no fault, and nothing held at the end.
 *
 * Seeds are real captures: parse_fuzz -max_len=65536 corpus/ samples/ */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pcap/pcap.h>

#include "cistern/fault.h"
#include "lwip/pbuf.h"

#include "memory.h"
#include "network.h"
#include "reassembly.h"

enum { ELEMENTS = 512, ELEMENT_SIZE = 64, FRAME_MAX = 65535 };

static tally_t tally;
static reassembly_t reassembly;
static size_t answered; /* keeps the reading of answers from being optimised away */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* Reads every byte of an answer, so that a sanitizer sees a chain that leads astray. */
static void read_answer(void *context, const struct pbuf *answer)
{
    (void)context;
    for (const struct pbuf *part = answer; part != NULL; part = part->next) {
        const uint8_t *const data = part->payload;
        for (uint16_t i = 0; i < part->len; ++i) {
            answered += data[i];
        }
    }
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    const options_t options = {.pool_count = ELEMENTS, .pool_size = ELEMENT_SIZE, .heap = 2048};
    return memory_open(&options) ? 0 : 1;
}

static void handle(const frame_host_t *host, link_type_t link, const struct pcap_pkthdr *header,
                   const u_char *bytes)
{
    if (header->caplen > FRAME_MAX) {
        return;
    }
    struct pbuf *const data = pbuf_alloc(PBUF_RAW, (pbuf_len_t)header->caplen, PBUF_POOL);
    if (data == NULL) {
        return;
    }
    if (header->caplen > 0) {
        pbuf_take(data, bytes, (pbuf_len_t)header->caplen);
    }
    data->frame_number = tally.handled + 1;
    data->frame_seconds = (uint32_t)header->ts.tv_sec;
    data->wire_length = header->len < header->caplen ? header->caplen : header->len;
    network_handle(host, link, data);
}

static void handle_all(pcap_t *pcap)
{
    const link_type_t link = link_from_dlt(pcap_datalink(pcap));
    const frame_host_t host = {.tally = &tally, .reassembly = &reassembly, .output = read_answer};
    struct pcap_pkthdr *header = NULL;
    const u_char *bytes = NULL;
    while (link != LINK_UNKNOWN && pcap_next_ex(pcap, &header, &bytes) == 1) {
        handle(&host, link, header, bytes);
    }
}

static void require(int condition, const char *what)
{
    if (!condition) {
        fprintf(stderr, "%s\n", what);
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    char reason[PCAP_ERRBUF_SIZE];
    uint8_t *const copy = malloc(length + 1);
    require(copy != NULL, "out of memory");
    memcpy(copy, bytes, length);
    memory_restart();
    memset(&tally, 0, sizeof tally);
    reassembly_init(&reassembly, &tally, ELEMENTS / 2);
    FILE *const file = fmemopen(copy, length + 1, "rb");
    require(file != NULL, "no stream");
    pcap_t *const pcap = pcap_fopen_offline(file, reason);
    if (pcap != NULL) {
        handle_all(pcap);
        pcap_close(pcap);
    } else {
        fclose(file);
    }
    free(copy);
    while (reassembly_give_up_oldest(&reassembly)) {
    }
    memory_usage_t usage;
    memory_measure(&usage);
    require(memory_held(&usage) == 0, "something leaked");
    require(cistern_fault_count() == 0, "the library saw misuse");
    return 0;
}
