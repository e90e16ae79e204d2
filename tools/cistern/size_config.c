/* SPDX-License-Identifier: BSD-3-Clause */
/* size_config.c - what is needed, as configurations to copy: each line with its derivation. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "size.h"
#include "trace_size.h"

/* Text of a capture, a file or a connection must not end a comment, nor a line. */
static void print_comment(FILE *out, const char *text)
{
    for (const char *at = text; *at != '\0'; ++at) {
        const unsigned char c = (unsigned char)*at;
        const bool ends = c == '/' && at != text && at[-1] == '*';
        fputc(ends || c < 0x20 || c >= 0x7f ? '?' : c, out);
    }
}

static void print_derivation(FILE *out, const size_result_t *result, resource_t resource)
{
    const size_row_t *const row = &result->demand.row[resource];
    if (row->peak.amount == 0) {
        fprintf(out, "never taken");
        return;
    }
    fprintf(out, "at most %" PRId64, row->peak.amount);
    if (row->least < row->peak.amount) {
        fprintf(out, ", at least %" PRId64, row->least);
    }
    fprintf(out, ": %s %" PRIu64 " of ", size_unit(result), row->peak.packet);
    print_comment(out, row->peak.file);
    fprintf(out, ", ");
    print_comment(out, row->peak.cause);
    if (result->options->connections != 0 && row->per_connection != 0) {
        fprintf(out, "; %" PRId64 " a connection, for %u", row->per_connection,
                result->options->connections);
    }
    if (result->options->margin > 0) {
        fprintf(out, "; margin %g %%", result->options->margin);
    }
}

/* The count that lwIP accepts: most pools must have an element even if none is ever used. */
static int64_t accepted(const size_result_t *result, resource_t resource)
{
    int64_t needed = size_needed(result, resource);
    if (resource == RESOURCE_REASSDATA || resource == RESOURCE_IP6_REASSDATA) {
        const int64_t v4 = size_needed(result, RESOURCE_REASSDATA);
        const int64_t v6 = size_needed(result, RESOURCE_IP6_REASSDATA);
        needed = v4 > v6 ? v4 : v6;
    }
    const int64_t least = resource >= RESOURCE_TCPIP_MBOX   ? 0
                          : resource == RESOURCE_IGMP_GROUP ? 2
                                                            : 1;
    return needed > least ? needed : least;
}

/* Two resources share one option: it is printed once. */
static bool is_printed(const size_result_t *result, resource_t resource)
{
    if (resource == RESOURCE_IP6_REASSDATA && size_shows(result, RESOURCE_REASSDATA)) {
        return false;
    }
    return resource != RESOURCE_HEAP && size_shows(result, resource);
}

static void print_head(FILE *out, const char *open, const char *close)
{
    fprintf(out, "%sMade by cistern size: the least that the captures need.%s\n", open, close);
}

static void print_define(FILE *out, const size_result_t *result, resource_t resource)
{
    fprintf(out, "#define %-26s %" PRId64 " /* ", lwip_option_name(resource_option(resource)),
            accepted(result, resource));
    print_derivation(out, result, resource);
    fprintf(out, " */\n");
}

typedef struct refused {
    FILE *out;
    int lines;
} refused_t;

static void say_sanity(void *context, const char *line)
{
    refused_t *const refused = context;
    FILE *const out = refused->out;
    if (refused->lines++ == 0) {
        fprintf(out,
                "\n/* lwIP's sanity checks assume that every window and queue can be full at once, "
                "which these\n   captures never were. They are turned off for: */\n");
    }
    fprintf(out, "/*   %s */\n", line);
}

void size_print_lwipopts(FILE *out, const size_result_t *result)
{
    const heap_kind_t kind = result->options->heap;
    const heap_kind_t other = kind == HEAP_LWIP ? HEAP_CISTERN : HEAP_LWIP;
    refused_t refused = {.out = out};
    print_head(out, "/* ", " */");
    for (int i = 0; i < RESOURCE_COUNT; ++i) {
        if (is_printed(result, (resource_t)i)) {
            print_define(out, result, (resource_t)i);
        }
    }
    if (size_needed_heap(result, kind) != 0) {
        fprintf(out, "#define %-26s %zu /* %s; %s needs %zu; ", "MEM_SIZE",
                size_needed_heap(result, kind), heap_kind_name(kind), heap_kind_name(other),
                size_needed_heap(result, other));
        print_derivation(out, result, RESOURCE_HEAP);
        fprintf(out, " */\n");
    }
    size_sanity(result, true, say_sanity, &refused);
    if (refused.lines != 0) {
        fprintf(out, "#define %-26s 1\n#define %-26s 1\n", "LWIP_DISABLE_TCP_SANITY_CHECKS",
                "LWIP_DISABLE_MEMP_SANITY_CHECKS");
    }
}

void size_print_lwippools(FILE *out, const size_result_t *result)
{
    const size_choice_t *const choice = &result->choice;
    print_head(out, "/* ", " */");
    fprintf(
        out,
        "/* lwippools.h for MEM_USE_POOLS 1 and MEMP_USE_CUSTOM_POOLS 1: %zu classes, %zu bytes "
        "in all. */\n",
        choice->classes, choice->bytes);
    fprintf(out, "LWIP_MALLOC_MEMPOOL_START\n");
    for (size_t i = 0; i < choice->classes; ++i) {
        if (choice->class[i].count == 0) {
            continue;
        }
        fprintf(out, "LWIP_MALLOC_MEMPOOL(%zu, %zu)", choice->class[i].count,
                choice->class[i].size);
        if (choice->packet[i] != 0) {
            fprintf(out, " /* one less fails at %s %" PRIu64 " */", size_unit(result),
                    choice->packet[i]);
        }
        fprintf(out, "\n");
    }
    fprintf(out, "LWIP_MALLOC_MEMPOOL_END\n");
}

/* Mynewt: lwIP's options are set by its package through syscfg. */
void size_print_syscfg(FILE *out, const size_result_t *result)
{
    print_head(out, "# ", "");
    fprintf(out, "syscfg.vals:\n");
    for (int i = 0; i < RESOURCE_COUNT; ++i) {
        if (is_printed(result, (resource_t)i)) {
            fprintf(out, "    # ");
            print_derivation(out, result, (resource_t)i);
            fprintf(out, "\n    %s: %" PRId64 "\n",
                    lwip_option_name(resource_option((resource_t)i)),
                    accepted(result, (resource_t)i));
        }
    }
    fprintf(out, "    # %s\n    MEM_SIZE: %zu\n", heap_kind_name(result->options->heap),
            size_needed_heap(result, result->options->heap));
    if (result->trace != NULL) {
        trace_print_syscfg(out, result->trace);
    }
}

/* ESP-IDF: the options that its Kconfig has; others keep to its fixed values. */
void size_print_sdkconfig(FILE *out, const size_result_t *result)
{
    static const struct {
        resource_t resource;
        const char *name;
    } known[] = {
        {RESOURCE_TCP_PCB, "CONFIG_LWIP_MAX_ACTIVE_TCP"},
        {RESOURCE_TCP_PCB_LISTEN, "CONFIG_LWIP_MAX_LISTENING_TCP"},
        {RESOURCE_UDP_PCB, "CONFIG_LWIP_MAX_UDP_PCBS"},
        {RESOURCE_RAW_PCB, "CONFIG_LWIP_MAX_RAW_PCBS"},
        {RESOURCE_NETCONN, "CONFIG_LWIP_MAX_SOCKETS"},
        {RESOURCE_TCPIP_MBOX, "CONFIG_LWIP_TCPIP_RECVMBOX_SIZE"},
        {RESOURCE_TCP_RECVMBOX, "CONFIG_LWIP_TCP_RECVMBOX_SIZE"},
        {RESOURCE_UDP_RECVMBOX, "CONFIG_LWIP_UDP_RECVMBOX_SIZE"},
    };
    print_head(out, "# ", "");
    for (size_t i = 0; i < sizeof known / sizeof known[0]; ++i) {
        if (size_shows(result, known[i].resource)) {
            fprintf(out, "# ");
            print_derivation(out, result, known[i].resource);
            fprintf(out, "\n%s=%" PRId64 "\n", known[i].name, accepted(result, known[i].resource));
        }
    }
    if (result->device.source[OPTION_TCP_MSS] != OPTION_DEFAULT) {
        fprintf(out, "# %s\nCONFIG_LWIP_TCP_MSS=%" PRId64 "\n",
                lwip_option_source(result->device.source[OPTION_TCP_MSS]),
                result->device.value[OPTION_TCP_MSS]);
    }
}
