/* SPDX-License-Identifier: BSD-3-Clause */
/* size.c - `cistern size`: reading, accounting, sizes, and the proof by replay.
 *
 *   captures  --> survey --> device --> accounting --> events --> sizes --> replay proves them
 *   summaries ------------------------------------------------> sizes */
#include "size.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hci.h"
#include "options.h"
#include "report_page.h"
#include "trace_size.h"

/* All that is needed while captures are at hand. */
typedef struct size_work {
    size_result_t *result;
    traffic_t traffic;
    survey_t survey;
    device_t device;
    account_t account;
    record_t record; /* for --report */
} size_work_t;

/* --- options
 * -------------------------------------------------------------------------------------- */

static bool read_options(size_result_t *result)
{
    const size_options_t *const options = result->options;
    const char *const device = options->opts != NULL ? options->opts : options->verify;
    const char *const now = options->verify != NULL ? options->verify : options->opts;
    lwip_options_defaults(&result->device);
    lwip_options_defaults(&result->now);
    return (device == NULL || lwip_options_read(&result->device, device, options->compiler)) &&
           (now == NULL || lwip_options_read(&result->now, now, options->compiler));
}

/* The MSS of one side: from its SYN, or at least the longest segment that it sent or was sent. */
static int64_t observed_mss(const survey_side_t *own, const survey_side_t *peer)
{
    if (own->mss != 0) {
        return own->mss;
    }
    const uint32_t longest =
        own->largest_data > peer->largest_data ? own->largest_data : peer->largest_data;
    return longest > 536 ? longest : 0;
}

/* Without a file, the device's own packets show its MSS and its window. */
static void observe_options(size_work_t *work)
{
    lwip_options_t *const device = &work->result->device;
    int64_t mss = 0;
    int64_t window = 0;
    for (size_t i = 0; i < work->survey.detail.count; ++i) {
        const connection_t *const connection = &work->survey.connections.connection[i];
        const survey_connection_t *const detail = survey_connection(&work->survey, i);
        for (int side = 0; detail != NULL && side < 2; ++side) {
            const survey_side_t *const own = &detail->side[side];
            if (!device_has(&work->device, &connection->address[side])) {
                continue;
            }
            const int64_t seen = observed_mss(own, &detail->side[1 - side]);
            mss = seen > mss ? seen : mss;
            const int64_t widest = (int64_t)own->largest_window;
            window = widest > window ? widest : window;
        }
    }
    if (mss != 0) {
        lwip_options_observe(device, OPTION_TCP_MSS, mss, OPTION_CAPTURE);
    }
    if (window != 0) {
        lwip_options_observe(device, OPTION_TCP_WND, window, OPTION_CAPTURE);
    }
}

/* The host's reading of a 32- or 64-bit device: structs with pointers need their alignment. */
static void observe_alignment(lwip_options_t *options, unsigned pointer)
{
    if (options->source[OPTION_MEM_ALIGNMENT] == OPTION_DEFAULT && pointer > 16) {
        lwip_options_observe(options, OPTION_MEM_ALIGNMENT, pointer / 8, OPTION_TARGET);
    }
}

/* --- demand
 * --------------------------------------------------------------------------------------- */

static void describe_cause(const size_work_t *work, const peak_t *peak, char text[SIZE_TEXT])
{
    char a[ADDRESS_TEXT];
    char b[ADDRESS_TEXT];
    if (peak->connection == 0) {
        snprintf(text, SIZE_TEXT, "%s", cause_text(peak->cause));
        return;
    }
    const connection_t *const connection =
        &work->survey.connections.connection[peak->connection - 1];
    const int own = device_has(&work->device, &connection->address[0]) ? 0 : 1;
    address_text(&connection->address[own], a);
    address_text(&connection->address[1 - own], b);
    snprintf(text, SIZE_TEXT, "%s, port %u with %s port %u", cause_text(peak->cause),
             connection->port[own], b, connection->port[1 - own]);
}

static const char *file_of(const size_work_t *work, uint64_t packet)
{
    return work->traffic.name[traffic_file(&work->traffic, packet)];
}

static void set_row(const size_work_t *work, resource_t resource)
{
    const level_t *const level = &work->account.ledger.level[resource];
    const peak_t *const peak = &level->peak_most;
    size_row_t *const row = &work->result->demand.row[resource];
    row->least = level->peak_least.amount;
    row->peak.amount = peak->amount;
    if (peak->amount == 0) {
        return;
    }
    row->peak.packet = traffic_number(&work->traffic, peak->packet);
    const uint64_t start = work->traffic.start[traffic_file(&work->traffic, peak->packet)];
    row->peak.seconds = peak->time > start ? (double)(peak->time - start) / 1e9 : 0;
    snprintf(row->peak.file, sizeof row->peak.file, "%s", file_of(work, peak->packet));
    describe_cause(work, peak, row->peak.cause);
}

static void set_per_connection(size_demand_t *demand, const connection_peak_t *peak)
{
    demand->row[RESOURCE_TCP_PCB].per_connection = 1;
    demand->row[RESOURCE_NETCONN].per_connection = 1;
    demand->row[RESOURCE_TCP_SEG].per_connection = peak->segments;
    demand->row[RESOURCE_HEAP].per_connection = peak->heap;
    demand->row[RESOURCE_PBUF_POOL].per_connection = peak->elements;
}

static void describe_device(const size_work_t *work)
{
    char address[ADDRESS_TEXT] = "";
    char *const text = work->result->demand.device;
    const device_t *const device = &work->device;
    if (device->addresses > 0) {
        address_text(&device->address[0], address);
    }
    if (device->has_mac) {
        const uint8_t *const mac = device->mac;
        snprintf(text, SIZE_TEXT, "%s%s(%02x:%02x:%02x:%02x:%02x:%02x)", address,
                 address[0] != '\0' ? " " : "", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
    } else {
        snprintf(text, SIZE_TEXT, "%s", address);
    }
}

static void set_demand(size_work_t *work)
{
    size_result_t *const result = work->result;
    size_demand_t *const demand = &result->demand;
    for (int i = 0; i < RESOURCE_COUNT; ++i) {
        set_row(work, (resource_t)i);
    }
    set_per_connection(demand, &work->account.peak);
    demand->connections = demand->row[RESOURCE_TCP_PCB].peak.amount;
    demand->packets = work->survey.packets;
    demand->files = (uint64_t)work->traffic.names;
    demand->pointer = result->options->pointer;
    demand->alignment = result->target.alignment;
    demand->mss = result->device.value[OPTION_TCP_MSS];
    demand->window = result->device.value[OPTION_TCP_WND];
    demand->element = result->device.value[OPTION_PBUF_POOL_BUFSIZE];
    describe_device(work);
    result->service = work->account.settings.service / 1000U;
    result->duplicates = work->traffic.duplicates;
    result->super = work->account.super;
    result->sent = work->account.sent;
    result->received = work->account.received;
    result->passed = work->account.passed;
}

/* --- what is needed
 * ------------------------------------------------------------------------------- */

static int64_t with_margin(const size_result_t *result, int64_t amount)
{
    return (int64_t)ceil((double)amount * (1.0 + result->options->margin / 100.0) - 1e-9);
}

/* Connections beyond those that were open at once when the row had its peak. */
static int64_t for_more_connections(const size_result_t *result, resource_t resource)
{
    const int64_t more = (int64_t)result->options->connections - result->demand.connections;
    return more > 0 ? more * result->demand.row[resource].per_connection : 0;
}

int64_t size_needed(const size_result_t *result, resource_t resource)
{
    return with_margin(result, result->demand.row[resource].peak.amount +
                                   for_more_connections(result, resource));
}

size_t size_needed_heap(const size_result_t *result, heap_kind_t kind)
{
    const int64_t bytes =
        (int64_t)result->demand.heap[kind] + for_more_connections(result, RESOURCE_HEAP);
    return target_align(&result->target, (size_t)with_margin(result, bytes));
}

int64_t size_bytes(const size_result_t *result, resource_t resource, int64_t amount)
{
    return amount * (int64_t)result->target.size[resource];
}

bool size_shows(const size_result_t *result, resource_t resource)
{
    if (result->trace != NULL) {
        return trace_has(result->trace, resource);
    }
    return resource_exists(resource, &result->device) ||
           result->demand.row[resource].peak.amount > 0;
}

const char *size_unit(const size_result_t *result)
{
    return result->trace != NULL ? "event" : "packet";
}

/* --- proof
 * ---------------------------------------------------------------------------------------- */

static trace_t trace_of(const size_work_t *work, resource_t resource)
{
    return trace_of_ledger(&work->account.ledger, (int)resource);
}

static void place(const size_work_t *work, uint64_t packet, uint64_t *number, char *file)
{
    if (packet != 0) {
        *number = traffic_number(&work->traffic, packet);
        snprintf(file, SIZE_NAME, "%s", file_of(work, packet));
    }
}

/* With the peak nothing fails; with one less something does. */
static bool prove_pool(const size_work_t *work, resource_t resource)
{
    const trace_t trace = trace_of(work, resource);
    const int64_t peak = work->result->demand.row[resource].peak.amount;
    const int64_t now = work->result->now.value[resource_option(resource)];
    size_proof_t *const proof = &work->result->proof[resource];
    if (peak == 0) {
        return true;
    }
    const replayed_t with = fit_pool(&trace, (size_t)peak);
    const replayed_t below = fit_pool(&trace, (size_t)peak - 1);
    proof->failures = with.failures;
    place(work, below.packet, &proof->packet, proof->file);
    bool ok = with.ok && below.ok;
    if (now < peak) {
        const replayed_t there = fit_pool(&trace, (size_t)now);
        place(work, there.packet, &proof->now_packet, proof->now_file);
        ok = ok && there.ok;
    }
    return ok;
}

static bool prove_heap(const size_work_t *work)
{
    size_result_t *const result = work->result;
    const trace_t trace = trace_of(work, RESOURCE_HEAP);
    const size_t min = (size_t)result->now.value[OPTION_MIN_SIZE];
    size_proof_t *const proof = &result->proof[RESOURCE_HEAP];
    for (int kind = 0; kind < HEAP_KINDS; ++kind) {
        replayed_t below = {.ok = true};
        result->demand.heap[kind] =
            fit_heap_least(&trace, &result->target, (heap_kind_t)kind, min, &below);
        char file[SIZE_NAME] = "";
        place(work, below.packet, &result->heap_below[kind], file);
        if (kind == (int)result->options->heap) {
            proof->packet = result->heap_below[kind];
            memcpy(proof->file, file, sizeof file);
        }
        if (!below.ok) {
            return false;
        }
    }
    const size_t now = (size_t)result->now.value[OPTION_MEM_SIZE];
    const replayed_t there = fit_heap(&trace, &result->target, result->options->heap, now, min);
    place(work, there.packet, &proof->now_packet, proof->now_file);
    return there.ok;
}

static bool prove_classes(const size_work_t *work)
{
    size_result_t *const result = work->result;
    size_choice_t *const choice = &result->choice;
    const trace_t trace = trace_of(work, RESOURCE_HEAP);
    for (size_t i = 0; i < choice->classes; ++i) {
        char file[SIZE_NAME];
        if (choice->class[i].count == 0) {
            continue;
        }
        --choice->class[i].count;
        const replayed_t below = fit_classes(&trace, choice->class, choice->classes);
        ++choice->class[i].count;
        place(work, below.packet, &choice->packet[i], file);
        if (!below.ok) {
            return false;
        }
    }
    return true;
}

static bool prove(size_work_t *work)
{
    for (int i = 0; i < RESOURCE_HEAP; ++i) {
        if (!prove_pool(work, (resource_t)i)) {
            return false;
        }
    }
    return prove_heap(work);
}

/* --- the command
 * ---------------------------------------------------------------------------------- */

int size_fail_memory(void)
{
    if (!spool_has_failed()) {
        fputs("cistern: out of memory\n", stderr);
    }
    return STATUS_USAGE;
}

static void choose_classes(size_result_t *result)
{
    size_choice_t *const choice = &result->choice;
    choice->classes =
        classes_choose(&result->demand.malloc, result->options->classes, &result->target,
                       result->target.pointer, choice->class, &choice->bytes);
}

/* A page has the curves of one device. */
static bool shows_traffic(const size_options_t *options)
{
    return options->report != NULL && !options->each;
}

static bool keep_traffic(size_work_t *work)
{
    const report_source_t source = {.result = work->result,
                                    .record = &work->record,
                                    .survey = &work->survey,
                                    .traffic = &work->traffic,
                                    .device = &work->device,
                                    .heap = trace_of(work, RESOURCE_HEAP)};
    if (!shows_traffic(work->result->options)) {
        return true;
    }
    work->result->traffic = report_page_traffic(&source);
    return work->result->traffic != NULL;
}

/* From the events to what is needed, proved. */
static int conclude(size_work_t *work)
{
    size_result_t *const result = work->result;
    set_demand(work);
    const trace_t heap = trace_of(work, RESOURCE_HEAP);
    if (!classes_measure(&result->demand.malloc, &heap, result->target.alignment) || !prove(work)) {
        return size_fail_memory();
    }
    choose_classes(result);
    result->proved = true;
    return prove_classes(work) ? STATUS_OK : size_fail_memory();
}

/* Accounts for the captures with the device known. */
static int account_all(size_work_t *work)
{
    size_result_t *const result = work->result;
    const size_options_t *const options = result->options;
    observe_options(work);
    observe_alignment(&result->device, options->pointer);
    observe_alignment(&result->now, options->pointer);
    target_init(&result->target, options->pointer, &result->device);
    const uint64_t measured = survey_service(&work->survey, &work->device);
    work->account = (account_t){
        .survey = &work->survey,
        .device = &work->device,
        .options = &result->device,
        .target = &result->target,
        .settings = {.service =
                         1000U * (options->service < 0 ? measured : (uint64_t)options->service),
                     .rtt = options->rtt * 1000000U,
                     .loss = options->loss / 100.0},
        .watch = shows_traffic(options) ? record_change : NULL,
        .watcher = &work->record};
    if (!account_read(&work->account, &work->traffic, NULL, NULL)) {
        return size_fail_memory();
    }
    const int status = conclude(work);
    return status != STATUS_OK || keep_traffic(work) ? status : size_fail_memory();
}

/* There is no packet: a capture that could not be read was said to be so. */
static int fail_empty(const traffic_t *traffic)
{
    if (!traffic->failed) {
        fprintf(stderr, "cistern: %s%s no packet%s\n", traffic->names == 1 ? traffic->name[0] : "",
                traffic->names == 1 ? " has" : "the captures have",
                traffic->filter != NULL ? " that passes the filter" : "");
    }
    return STATUS_INPUT;
}

static int size_captures(size_result_t *result, char **file, int files)
{
    int status = STATUS_USAGE;
    size_work_t work = {.result = result};
    if (!traffic_open(&work.traffic, file, files, result->options->filter)) {
        status = STATUS_USAGE;
    } else if (!survey_read(&work.survey, &work.traffic)) {
        status = size_fail_memory();
    } else if (work.survey.packets == 0) {
        status = fail_empty(&work.traffic);
    } else if (!survey_device(&work.survey, result->options->device, &work.device)) {
        status = STATUS_INPUT;
    } else {
        status = account_all(&work);
    }
    result->complete = !work.traffic.failed;
    account_free(&work.account);
    record_free(&work.record);
    survey_free(&work.survey);
    traffic_close(&work.traffic);
    return status;
}

/* Traces say what captures are accounted for to find out. */
static int size_traces(size_result_t *result, char **file, int files)
{
    static trace_log_t log;
    size_work_t work = {.result = result};
    ledger_t *const ledger = &work.account.ledger;
    int status = STATUS_USAGE;
    trace_size_free(&log); /* of the traces before */
    if (traffic_open(&work.traffic, file, files, NULL)) {
        const bool shows = shows_traffic(result->options);
        ledger->watch = shows ? record_change : NULL;
        ledger->watcher = &work.record;
        log.record = shows ? &work.record : NULL;
        status = trace_size_read(&log, result, ledger, file, files, work.traffic.base);
    }
    status = status == STATUS_OK && ledger->short_of_memory ? size_fail_memory() : status;
    status = status == STATUS_OK ? conclude(&work) : status;
    status = status == STATUS_OK && !keep_traffic(&work) ? size_fail_memory() : status;
    if (status == STATUS_OK && !trace_size_prove(&log, result)) {
        status = size_fail_memory();
    }
    ledger_free(ledger);
    record_free(&work.record);
    traffic_close(&work.traffic);
    return status;
}

static int size_files(size_result_t *result, char **file, int files)
{
    int traces = 0;
    for (int i = 0; i < files; ++i) {
        traces += trace_is(file[i]) ? 1 : 0;
    }
    if (traces != 0 && traces != files) {
        fputs("cistern: traces and captures cannot be sized together: make a summary of each\n",
              stderr);
        return STATUS_USAGE;
    }
    return traces != 0 ? size_traces(result, file, files) : size_captures(result, file, files);
}

/* Every capture by itself, with a device of its own: what any of them needs, as from summaries. */
static int size_each(size_result_t *result, char **file, int files, size_demand_t *all)
{
    int status = STATUS_OK;
    bool complete = true;
    for (int i = 0; i < files && status == STATUS_OK; ++i) {
        status = size_files(result, &file[i], 1);
        complete = complete && result->complete;
        if (status == STATUS_OK && !summary_merge(all, &result->demand)) {
            status = STATUS_INPUT;
        }
        classes_free(&result->demand.malloc);
        result->demand = (size_demand_t){.packets = 0};
        memset(result->proof, 0, sizeof result->proof);
        memset(result->heap_below, 0, sizeof result->heap_below);
        memset(&result->choice, 0, sizeof result->choice);
    }
    result->complete = complete;
    result->proved = false;
    return status;
}

/* Adds the summaries among the files; the others are left in `captures`. */
static int add_summaries(size_result_t *result, char **captures, int *count)
{
    const size_options_t *const options = result->options;
    for (int i = 0; i < options->files; ++i) {
        if (!summary_is(options->file[i])) {
            captures[(*count)++] = options->file[i];
            continue;
        }
        size_demand_t other = {.packets = 0};
        const bool ok =
            summary_read(&other, options->file[i]) && summary_merge(&result->demand, &other);
        classes_free(&other.malloc);
        if (!ok) {
            return STATUS_INPUT;
        }
    }
    return STATUS_OK;
}

static int print(const size_result_t *result)
{
    switch (result->options->format) {
    case SIZE_FORMAT_JSON:
        if (!size_print_json(result)) {
            return size_fail_memory();
        }
        break;
    case SIZE_FORMAT_LWIPOPTS:
        size_print_lwipopts(stdout, result);
        break;
    case SIZE_FORMAT_LWIPPOOLS:
        size_print_lwippools(stdout, result);
        break;
    case SIZE_FORMAT_SYSCFG:
        size_print_syscfg(stdout, result);
        break;
    case SIZE_FORMAT_SDKCONFIG:
        size_print_sdkconfig(stdout, result);
        break;
    case SIZE_FORMAT_TEXT:
    default:
        size_print_text(result);
        break;
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fputs("cistern: the output could not be written\n", stderr);
        return STATUS_USAGE;
    }
    char verdict[SIZE_VERDICT];
    const bool suffices = result->options->verify == NULL || size_verdict(result, verdict);
    return !result->complete ? STATUS_INPUT : suffices ? STATUS_OK : STATUS_SHORT;
}

/* Merges what came from captures with what came from summaries, and shows it. */
static int finish(size_result_t *result, size_demand_t *summaries)
{
    if (summaries->files != 0) {
        if (!summary_merge(&result->demand, summaries)) {
            return STATUS_INPUT;
        }
        lwip_options_t *const device = &result->device;
        lwip_options_observe(device, OPTION_TCP_MSS, result->demand.mss, OPTION_CAPTURE);
        lwip_options_observe(device, OPTION_TCP_WND, result->demand.window, OPTION_CAPTURE);
        lwip_options_observe(device, OPTION_PBUF_POOL_BUFSIZE, result->demand.element,
                             OPTION_CAPTURE);
        observe_alignment(device, result->demand.pointer);
        observe_alignment(&result->now, result->demand.pointer);
        target_init(&result->target, result->demand.pointer, &result->device);
        choose_classes(result);
    }
    if (result->options->summary != NULL &&
        !summary_write(&result->demand, result->options->summary)) {
        return STATUS_USAGE;
    }
    if (result->options->report != NULL &&
        !report_page_write(result->options->report, result, result->traffic)) {
        return STATUS_USAGE;
    }
    return print(result);
}

int size_run(const size_options_t *options)
{
    static size_result_t result;
    static size_demand_t summaries;
    if (options->hci) {
        return hci_run(options);
    }
    result = (size_result_t){.options = options, .complete = true};
    summaries = (size_demand_t){.packets = 0};
    char **const captures = calloc((size_t)options->files, sizeof *captures);
    int count = 0;
    if (captures == NULL) {
        return size_fail_memory();
    }
    int status = read_options(&result) ? STATUS_OK : STATUS_USAGE;
    status = status == STATUS_OK ? add_summaries(&result, captures, &count) : status;
    summaries = result.demand;
    result.demand = (size_demand_t){.packets = 0};
    if (status == STATUS_OK && count > 0) {
        status = options->each ? size_each(&result, captures, count, &summaries)
                               : size_files(&result, captures, count);
    }
    status = status == STATUS_OK ? finish(&result, &summaries) : status;
    classes_free(&summaries.malloc);
    classes_free(&result.demand.malloc);
    json_decref(result.traffic);
    free(captures);
    return status;
}
