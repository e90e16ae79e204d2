/* SPDX-License-Identifier: BSD-3-Clause */
/* size_text.c - the result for people: a verdict, a table, what was assumed, a configuration. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "size.h"
#include "trace_size.h"

/* What is judged: the heap by its MEM_SIZE, pools by their counts. */
static int64_t amount_now(const size_result_t *result, resource_t resource)
{
    return result->now.value[resource_option(resource)];
}

static int64_t amount_needed(const size_result_t *result, resource_t resource)
{
    return resource == RESOURCE_HEAP ? (int64_t)size_needed_heap(result, result->options->heap)
                                     : size_needed(result, resource);
}

bool size_is_short(const size_result_t *result, resource_t resource)
{
    const int64_t now = amount_now(result, resource);
    const bool mailbox = resource >= RESOURCE_TCPIP_MBOX && resource <= RESOURCE_ACCEPTMBOX;
    return size_shows(result, resource) && !(mailbox && now == 0) &&
           now < amount_needed(result, resource);
}

static void sum_bytes(const size_result_t *result, int64_t *now, int64_t *needed)
{
    *now = 0;
    *needed = 0;
    for (int i = 0; i < RESOURCE_COUNT; ++i) {
        if (size_shows(result, (resource_t)i)) {
            *now += size_bytes(result, (resource_t)i, amount_now(result, (resource_t)i));
            *needed += size_bytes(result, (resource_t)i, amount_needed(result, (resource_t)i));
        }
    }
}

/* The resource that fails first, in order of packets where they are known; RESOURCE_COUNT: none. */
static resource_t first_short(const size_result_t *result)
{
    resource_t first = RESOURCE_COUNT;
    for (int i = 0; i < RESOURCE_COUNT; ++i) {
        if (!size_is_short(result, (resource_t)i)) {
            continue;
        }
        const uint64_t packet = result->proof[i].now_packet;
        if (first == RESOURCE_COUNT ||
            (packet != 0 &&
             (result->proof[first].now_packet == 0 || packet < result->proof[first].now_packet))) {
            first = (resource_t)i;
        }
    }
    return first;
}

static const char *name_of_now(const size_result_t *result)
{
    return result->trace != NULL             ? "The traced program"
           : result->options->verify != NULL ? result->options->verify
           : result->options->opts != NULL   ? result->options->opts
                                             : "lwIP's default configuration";
}

bool size_verdict(const size_result_t *result, char *text)
{
    int64_t now = 0;
    int64_t needed = 0;
    char failure[SIZE_TEXT] = "";
    const resource_t first = first_short(result);
    sum_bytes(result, &now, &needed);
    if (result->trace != NULL) {
        trace_add_bytes(result->trace, &now, &needed);
    }
    uint64_t event = 0;
    const char *const other =
        result->trace != NULL ? trace_first_short(result->trace, &event) : NULL;
    if (first == RESOURCE_COUNT && other != NULL) {
        snprintf(text, SIZE_VERDICT,
                 "The traced program is too small: its pool %s fails at event %" PRIu64 ".", other,
                 event);
        return false;
    }
    if (first == RESOURCE_COUNT) {
        snprintf(text, SIZE_VERDICT,
                 "%.200s suffices: it has %" PRId64 " bytes of pools and heap, of which %" PRId64
                 " are needed.",
                 name_of_now(result), now, needed);
        return true;
    }
    if (result->proof[first].now_packet != 0) {
        snprintf(failure, sizeof failure, " at %s %" PRIu64 " of %.100s", size_unit(result),
                 result->proof[first].now_packet, result->proof[first].now_file);
    }
    snprintf(text, SIZE_VERDICT,
             "%.100s is too small: %s has %" PRId64 ", %" PRId64
             " are needed, and fails first%s; %" PRId64 " bytes serve all.",
             name_of_now(result), resource_name(first), amount_now(result, first),
             amount_needed(result, first), failure, needed);
    return false;
}

/* Bytes that could steer a terminal are shown as '?'. */
static void print_plain(const char *text)
{
    for (const char *at = text; *at != '\0'; ++at) {
        putchar(isprint((unsigned char)*at) ? *at : '?');
    }
}

static void print_row(const size_result_t *result, resource_t resource)
{
    const size_row_t *const row = &result->demand.row[resource];
    const int64_t now = amount_now(result, resource);
    const int64_t needed = amount_needed(result, resource);
    char interval[48] = "";
    if (row->least < row->peak.amount) {
        snprintf(interval, sizeof interval, "%" PRId64 "..%" PRId64, row->least, row->peak.amount);
    } else {
        snprintf(interval, sizeof interval, "%" PRId64, row->peak.amount);
    }
    printf("  %-20s%c %9" PRId64 " %14s %9" PRId64 " %9" PRId64 " %9" PRId64,
           resource_name(resource), size_is_short(result, resource) ? '!' : ' ', now, interval,
           needed, size_bytes(result, resource, now), size_bytes(result, resource, needed));
    if (row->peak.amount != 0) {
        printf("  %" PRIu64 " (%.3f s) ", row->peak.packet, row->peak.seconds);
        print_plain(row->peak.cause);
    }
    printf("\n");
}

static void print_table(const size_result_t *result)
{
    int64_t now = 0;
    int64_t needed = 0;
    sum_bytes(result, &now, &needed);
    printf(
        "\n  %-20s  %9s %14s %9s %9s %9s  %s\n", "pool", "now", "held", "needed", "RAM now", "RAM",
        result->trace != NULL ? "peak at event (second), cause" : "peak at packet (second), cause");
    for (int i = 0; i < RESOURCE_COUNT; ++i) {
        if (size_shows(result, (resource_t)i)) {
            print_row(result, (resource_t)i);
        }
    }
    printf("  %-20s  %9s %14s %9s %9" PRId64 " %9" PRId64 "\n", "in all", "", "", "", now, needed);
}

/* The least of the alternatives; pools are compared only for the traffic as it was recorded. */
static void print_least(const size_result_t *result)
{
    const bool planned = result->options->connections != 0 || result->options->margin > 0;
    const size_t lwip = size_needed_heap(result, HEAP_LWIP);
    const size_t cistern = size_needed_heap(result, HEAP_CISTERN);
    const size_t pools = result->choice.bytes;
    const bool heap_is_cistern = cistern < lwip;
    const size_t heap = heap_is_cistern ? cistern : lwip;
    if (planned) {
        printf("  The pools are for the traffic as it was recorded.\n");
    } else if (heap != 0) {
        printf("  The least: %s.\n", pools < heap      ? "pools"
                                     : heap_is_cistern ? heap_kind_name(HEAP_CISTERN)
                                                       : heap_kind_name(HEAP_LWIP));
    }
}

static void print_heaps(const size_result_t *result)
{
    const size_choice_t *const choice = &result->choice;
    printf("\nIn place of the heap\n");
    for (int kind = 0; kind < HEAP_KINDS; ++kind) {
        printf("  %-24s %9zu bytes", heap_kind_name((heap_kind_t)kind),
               size_needed_heap(result, (heap_kind_t)kind));
        if (result->heap_below[kind] != 0) {
            printf(", a step less fails at %s %" PRIu64, size_unit(result),
                   result->heap_below[kind]);
        }
        printf("\n");
    }
    printf("  %-24s %9zu bytes, %zu classes:", "pools (MEM_USE_POOLS)", choice->bytes,
           choice->classes);
    for (size_t i = 0; i < choice->classes; ++i) {
        printf(" %zu x %zu", choice->class[i].count, choice->class[i].size);
    }
    printf("%s\n", result->demand.malloc.rounded ? " (sizes rounded: there are very many)" : "");
    print_least(result);
}

/* A pool is tight when one element less fails; what a margin or more connections add is not. */
static void print_proof(const size_result_t *result)
{
    int pools = 0;
    int tight = 0;
    for (int i = 0; i < RESOURCE_HEAP; ++i) {
        if (result->demand.row[i].peak.amount != 0) {
            ++pools;
            tight += result->proof[i].packet != 0 && result->proof[i].failures == 0 ? 1 : 0;
        }
    }
    printf("\nReplayed in real pools: with what is held no request fails; one less fails in %d of "
           "%d pools:\n",
           tight, pools);
    for (int i = 0; i < RESOURCE_HEAP; ++i) {
        if (result->proof[i].packet != 0) {
            printf("  %-20s with %" PRId64 " at %s %" PRIu64 "\n", resource_name((resource_t)i),
                   result->demand.row[i].peak.amount - 1, size_unit(result),
                   result->proof[i].packet);
        }
    }
}

static void print_assumptions(const size_result_t *result)
{
    static const lwip_option_t shown[] = {OPTION_TCP_MSS,       OPTION_TCP_WND,
                                          OPTION_TCP_SND_BUF,   OPTION_PBUF_POOL_BUFSIZE,
                                          OPTION_MEM_ALIGNMENT, OPTION_NO_SYS};
    const size_options_t *const options = result->options;
    printf("\nAssumed\n");
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; ++i) {
        printf("  %-24s %" PRId64 " (%s)\n", lwip_option_name(shown[i]),
               result->device.value[shown[i]], lwip_option_source(result->device.source[shown[i]]));
    }
    printf("  %-24s %u bits (--pointer)\n", "pointers", options->pointer);
    printf("  %-24s %" PRIu64 " us (%s)\n", "service time", result->service,
           options->service < 0 ? "the device's own answers" : "--service");
    if (options->connections != 0) {
        printf("  for %u connections: a bound, not a measurement; %" PRId64 " were open at once\n",
               options->connections, result->demand.connections);
    }
    if (options->rtt != 0 || options->loss > 0) {
        printf("  acknowledgements %" PRIu64 " ms later, %g %% of segments lost: a bound\n",
               options->rtt, options->loss);
    }
    if (options->opts == NULL && options->verify == NULL) {
        printf("  --opts lwipopts.h would replace lwIP's defaults by the device's options\n");
    }
    printf("  A capture made at the device itself narrows what is held, and a trace makes it "
           "exact.\n");
}

static void print_source(const size_result_t *result)
{
    if (result->trace != NULL) {
        trace_print_source(result);
        return;
    }
    printf("Device ");
    print_plain(result->demand.device);
    printf(": %" PRIu64 " frames sent, %" PRIu64 " received, %" PRIu64 " of others", result->sent,
           result->received, result->passed);
    if (result->options->device == NULL && result->passed != 0) {
        printf(" (--device names one of them)");
    }
    if (result->duplicates != 0) {
        printf(", %" PRIu64 " recorded twice", result->duplicates);
    }
    if (result->super != 0) {
        printf(", %" PRIu64 " joined by a network card and split again", result->super);
    }
    printf(".\n");
}

static void say_broken(void *context, const char *line)
{
    (void)context;
    printf("  lwIP refuses %s\n", line);
}

void size_print_text(const size_result_t *result)
{
    char verdict[SIZE_VERDICT];
    size_verdict(result, verdict);
    print_plain(verdict);
    printf("\n");
    if (result->proved) {
        print_source(result);
    }
    print_table(result);
    if (result->trace != NULL) {
        trace_print_pools(result);
    }
    print_heaps(result);
    if (result->proved) {
        print_proof(result);
    }
    if (result->options->verify != NULL) {
        printf("\nConditions between options in ");
        print_plain(result->options->verify);
        printf("\n");
        if (size_sanity(result, false, say_broken, NULL) == 0) {
            printf("  all hold\n");
        }
    }
    if (result->trace == NULL) {
        print_assumptions(result);
    }
    printf("\n");
    size_print_lwipopts(stdout, result);
}
