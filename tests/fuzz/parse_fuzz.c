/* SPDX-License-Identifier: BSD-3-Clause */
/* parse_fuzz.c - the host program's readers under libFuzzer. An input is a file: a
 * capture or a summary.
 *
 * Every frame of a capture goes through the parser, the reassembly and the answers, in elements so
 * small that headers are split; then the capture as a whole is surveyed, accounted for, and its
 * events are replayed in pools and heaps. What must hold: no sanitizer report, no fault, nothing
 * held at the end, and what the accounting says is needed serves.
 *
 * Seeds are real captures: parse_fuzz -max_len=8192 -entropic=0 corpus/ samples/ */
#define _GNU_SOURCE /* memfd_create */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cistern/fault.h"
#include "lwip/pbuf.h"

#include "account.h"
#include "classes.h"
#include "fit.h"
#include "memory.h"
#include "network.h"
#include "reassembly.h"
#include "size.h"

enum { ELEMENTS = 512, ELEMENT_SIZE = 64, FRAME_MAX = 65535, EVENTS_MAX = 1000 };

static tally_t tally;
static reassembly_t reassembly;
static size_t answered; /* keeps the reading of answers from being optimised away */
static char input[64];  /* a name of the input as a file */
static lwip_options_t options;
static target_t target;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void require(int condition, const char *what)
{
    if (!condition) {
        fprintf(stdout, "%s\n", what);
        abort();
    }
}

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
    const options_t pools = {.pool_count = ELEMENTS, .pool_size = ELEMENT_SIZE, .heap = 2048};
    lwip_options_defaults(&options);
    lwip_options_observe(&options, OPTION_MEM_ALIGNMENT, 4, OPTION_TARGET);
    target_init(&target, 32, &options);
    return memory_open(&pools) ? 0 : 1;
}

static void handle(const frame_host_t *host, const capture_frame_t *frame)
{
    if (frame->length > FRAME_MAX) {
        return;
    }
    struct pbuf *const data = pbuf_alloc(PBUF_RAW, (pbuf_len_t)frame->length, PBUF_POOL);
    if (data == NULL) {
        return;
    }
    if (frame->length > 0) {
        pbuf_take(data, frame->bytes, (pbuf_len_t)frame->length);
    }
    data->frame_number = tally.handled + 1;
    data->frame_seconds = frame->seconds;
    data->wire_length = frame->wire_length;
    network_handle(host, frame->link, data);
}

static void parse_all(void)
{
    capture_t capture;
    capture_frame_t frame;
    const frame_host_t host = {.tally = &tally, .reassembly = &reassembly, .output = read_answer};
    memory_restart();
    memset(&tally, 0, sizeof tally);
    reassembly_init(&reassembly, &tally, ELEMENTS / 2);
    if (capture_open(&capture, input, NULL, true)) {
        while (capture_next(&capture, &frame) == CAPTURE_FRAME) {
            handle(&host, &frame);
        }
        capture_close(&capture);
    }
    while (reassembly_give_up_oldest(&reassembly)) {
    }
    memory_usage_t usage;
    memory_measure(&usage);
    require(memory_held(&usage) == 0, "something leaked");
}

/* Replays what the accounting says; long traces would only cost time. */
static void fit_all(const account_t *account)
{
    const ledger_t *const ledger = &account->ledger;
    size_t events = 0;
    for (int i = 0; i < RESOURCE_COUNT; ++i) {
        events += ledger->events[i].count;
    }
    if (events == 0 || events > EVENTS_MAX) {
        return;
    }
    for (int i = 0; i < RESOURCE_HEAP; ++i) {
        const trace_t trace = trace_of_ledger(ledger, i);
        const int64_t peak = ledger->level[i].peak_most.amount;
        require(fit_pool(&trace, (size_t)peak).failures == 0, "the peak does not serve");
        require(peak == 0 || fit_pool(&trace, (size_t)peak - 1).failures != 0, "less serves");
    }
    demand_t demand;
    size_class_t class[CLASSES_MOST];
    size_t bytes = 0;
    const trace_t heap = trace_of_ledger(ledger, RESOURCE_HEAP);
    require(classes_measure(&demand, &heap, account->target->alignment), "out of memory");
    const size_t classes = classes_choose(&demand, 4, account->target, 4, class, &bytes);
    require(fit_classes(&heap, class, classes).failures == 0, "the classes do not serve");
    classes_free(&demand);
}

static void account_for_all(void)
{
    char *names[2] = {input, input};
    traffic_t traffic;
    survey_t survey;
    device_t device;
    require(traffic_open(&traffic, names, 2, NULL), "out of memory");
    traffic.quiet = true;
    require(survey_read(&survey, &traffic), "out of memory");
    if (survey.hosts > 0 && survey_device(&survey, NULL, &device)) {
        account_t account = {.survey = &survey,
                             .device = &device,
                             .options = &options,
                             .target = &target,
                             .settings = {.service = 100000, .rtt = 1000000, .loss = 0.1}};
        require(account_read(&account, &traffic, NULL, NULL), "out of memory");
        for (int i = 0; i < RESOURCE_COUNT; ++i) {
            require(account.ledger.level[i].most == 0 && account.ledger.level[i].least == 0,
                    "something is held at the end");
            require(account.ledger.level[i].peak_least.amount <=
                        account.ledger.level[i].peak_most.amount,
                    "more is certain than possible");
        }
        fit_all(&account);
        account_free(&account);
    }
    survey_free(&survey);
    traffic_close(&traffic);
}

static void read_summary(void)
{
    static size_demand_t demand;
    static size_demand_t merged;
    demand = (size_demand_t){.packets = 0};
    merged = (size_demand_t){.packets = 0};
    if (summary_read(&demand, input)) {
        require(summary_merge(&merged, &demand), "a summary cannot be merged");
        require(summary_merge(&merged, &demand), "a summary cannot be merged with itself");
    }
    classes_free(&demand.malloc);
    classes_free(&merged.malloc);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    const int file = memfd_create("input", 0);
    require(file >= 0 && write(file, bytes, length) == (ssize_t)length, "no file");
    snprintf(input, sizeof input, "/proc/self/fd/%d", file);
    if (summary_is(input)) {
        read_summary();
    } else {
        parse_all();
        account_for_all();
    }
    close(file);
    require(cistern_fault_count() == 0, "the library saw misuse");
    return 0;
}
