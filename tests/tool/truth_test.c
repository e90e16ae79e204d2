/* SPDX-License-Identifier: BSD-3-Clause */
/* What `cistern size` derives from a capture, against what a real lwIP held while it made the
 * capture, packet by packet. truth/README.md describes the files. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>

#include <zlib.h>

#include "account.h"

enum { COLUMNS = 7, PACKETS = 4096 };

/* The statistics' columns, in their order in the files. */
static const resource_t columns[COLUMNS] = {
    RESOURCE_PBUF_POOL, RESOURCE_TCP_SEG,   RESOURCE_TCP_PCB, RESOURCE_PBUF,
    RESOURCE_REASSDATA, RESOURCE_ARP_QUEUE, RESOURCE_HEAP};

typedef struct standing {
    int64_t least[COLUMNS];
    int64_t most[COLUMNS];
} standing_t;

static standing_t standing[PACKETS];

static void keep_standing(void *context, const account_t *account, uint64_t packet)
{
    (void)context;
    assert_in_range(packet, 1, PACKETS - 1);
    for (int i = 0; i < COLUMNS; ++i) {
        standing[packet].least[i] = account->ledger.level[columns[i]].standing_least;
        standing[packet].most[i] = account->ledger.level[columns[i]].standing_most;
    }
}

/* One run of the truth: its options, its capture, its statistics. */
typedef struct truth {
    const char *name;
    const char *options;
    survey_t survey;
    device_t device;
    lwip_options_t values;
    target_t target;
    account_t account;
    int64_t peak[COLUMNS];
} truth_t;

static const char *path(const char *name, const char *suffix)
{
    static char text[2][256];
    static int turn;
    turn = 1 - turn;
    snprintf(text[turn], sizeof text[turn], "%s/%s%s", CISTERN_TRUTH, name, suffix);
    return text[turn];
}

static void account_for(truth_t *truth)
{
    static char capture[256];
    char *names[1] = {capture};
    traffic_t traffic;
    snprintf(capture, sizeof capture, "%s", path(truth->name, ".pcap.gz"));
    lwip_options_defaults(&truth->values);
    assert_true(lwip_options_read(&truth->values, path(truth->options, ""), "cc"));
    target_init(&truth->target, 64, &truth->values);
    assert_true(traffic_open(&traffic, names, 1, NULL));
    assert_true(survey_read(&truth->survey, &traffic));
    assert_true(survey_device(&truth->survey, NULL, &truth->device));
    truth->account = (account_t){
        .survey = &truth->survey,
        .device = &truth->device,
        .options = &truth->values,
        .target = &truth->target,
        .settings = {.service = 1000U * survey_service(&truth->survey, &truth->device)}};
    assert_true(account_read(&truth->account, &traffic, keep_standing, NULL));
    assert_false(traffic.failed);
    traffic_close(&traffic);
}

/* Compares one line of the statistics; returns how many columns lie outside the interval. */
static int compare_line(truth_t *truth, const char *line)
{
    unsigned packet = 0;
    int at = 0;
    int outside = 0;
    assert_int_equal(sscanf(line, "%u %*s %*s%n", &packet, &at), 1);
    assert_in_range(packet, 1, PACKETS - 1);
    for (int i = 0; i < COLUMNS; ++i) {
        long used = 0;
        long max = 0;
        int length = 0;
        assert_int_equal(sscanf(line + at, " %ld/%ld%n", &used, &max, &length), 2);
        at += length;
        truth->peak[i] = max > truth->peak[i] ? max : truth->peak[i];
        if (used < standing[packet].least[i] || used > standing[packet].most[i]) {
            print_error("%s packet %u %s: %ld, not %ld to %ld\n", truth->name, packet,
                        resource_name(columns[i]), used, (long)standing[packet].least[i],
                        (long)standing[packet].most[i]);
            ++outside;
        }
    }
    return outside;
}

static int compare_all(truth_t *truth)
{
    char line[512];
    int outside = 0;
    gzFile file = gzopen(path(truth->name, ".st.gz"), "rb");
    assert_non_null(file);
    while (gzgets(file, line, sizeof line) != NULL) {
        outside += line[0] == '#' ? 0 : compare_line(truth, line);
    }
    gzclose(file);
    return outside;
}

/* Within one element, the heap within 3 %, or inside the interval of the peaks. */
static void assert_peak(const truth_t *truth, int column)
{
    const level_t *const level = &truth->account.ledger.level[columns[column]];
    const int64_t least = level->peak_least.amount;
    const int64_t most = level->peak_most.amount;
    const int64_t held = truth->peak[column];
    const int64_t slack = columns[column] == RESOURCE_HEAP ? held * 3 / 100 : 1;
    if (held < least - slack || held > most + slack) {
        fail_msg("%s %s: %ld, not %ld to %ld", truth->name, resource_name(columns[column]),
                 (long)held, (long)least, (long)most);
    }
}

static void check(const char *name, const char *options)
{
    truth_t truth = {.name = name, .options = options};
    account_for(&truth);
    assert_int_equal(compare_all(&truth), 0);
    for (int i = 0; i < COLUMNS; ++i) {
        if (getenv("CISTERN_TRUTH_SHOW") != NULL) {
            printf("%-9s %-10s held %6ld, derived %6ld to %6ld\n", name, resource_name(columns[i]),
                   (long)truth.peak[i],
                   (long)truth.account.ledger.level[columns[i]].peak_least.amount,
                   (long)truth.account.ledger.level[columns[i]].peak_most.amount);
        }
        assert_peak(&truth, i);
    }
    account_free(&truth.account);
    survey_free(&truth.survey);
}

static void files_served_to_four_clients(void **state)
{
    (void)state;
    check("http0", "lwipopts-4mss.h");
}

static void files_served_with_loss_and_reordering(void **state)
{
    (void)state;
    check("httploss", "lwipopts-4mss.h");
}

static void uploads_and_fragmented_pings(void **state)
{
    (void)state;
    check("up0", "lwipopts-4mss.h");
}

static void a_client_that_reads_slowly(void **state)
{
    (void)state;
    check("slow16", "lwipopts-16mss.h");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_served_to_four_clients),
        cmocka_unit_test(files_served_with_loss_and_reordering),
        cmocka_unit_test(uploads_and_fragmented_pings),
        cmocka_unit_test(a_client_that_reads_slowly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
