/* SPDX-License-Identifier: BSD-3-Clause */
/* What `cistern size` derives from a capture, against what a real lwIP held while it made the
 * capture, packet by packet. truth/README.md describes the files. */
#include "support.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>

#include "account.h"

enum { RUNS = 64, NAME = 128, COLUMNS = 24, PACKETS = 8192 };

typedef struct standing {
    int64_t least[RESOURCE_COUNT];
    int64_t most[RESOURCE_COUNT];
} standing_t;

static standing_t standing[PACKETS];
static const char *folder = CISTERN_TRUTH;

static void keep_standing(void *context, const account_t *account, uint64_t packet)
{
    (void)context;
    assert_in_range(packet, 1, PACKETS - 1);
    for (int i = 0; i < RESOURCE_COUNT; ++i) {
        standing[packet].least[i] = account->ledger.level[i].standing_least;
        standing[packet].most[i] = account->ledger.level[i].standing_most;
    }
}

/* One run of the truth: its capture, and the head of its statistics. */
typedef struct truth {
    const char *name;
    unsigned pointer;
    char compiler[1024]; /* with the options that this run has of its own */
    resource_t column[COLUMNS];
    int columns;
    survey_t survey;
    device_t device;
    lwip_options_t values;
    target_t target;
    account_t account;
    int64_t peak[COLUMNS];
} truth_t;

static const char *path(const char *name, const char *suffix)
{
    static char text[2][512];
    static int turn;
    turn = 1 - turn;
    snprintf(text[turn], sizeof text[turn], "%s/%s%s", folder, name, suffix);
    return text[turn];
}

/* Packed, as in the repository, or not. */
static const char *data_path(const char *name, const char *suffix)
{
    char packed[32];
    snprintf(packed, sizeof packed, "%s.gz", suffix);
    return access(path(name, packed), R_OK) == 0 ? path(name, packed) : path(name, suffix);
}

static void account_for(truth_t *truth)
{
    static char capture[512];
    char *names[1] = {capture};
    traffic_t traffic;
    snprintf(capture, sizeof capture, "%s", data_path(truth->name, ".pcap"));
    lwip_options_defaults(&truth->values);
    assert_true(lwip_options_read(&truth->values, path("lwipopts.h", ""), truth->compiler));
    target_init(&truth->target, truth->pointer, &truth->values);
    assert_true(traffic_open(&traffic, names, 1, NULL));
    assert_true(survey_read(&truth->survey, &traffic));
    assert_true(survey_device(&truth->survey, "10.77.0.2", &truth->device));
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

/* --- statistics */

/* The resource of a column; its spaces are underscores there. RESOURCE_COUNT: cistern has none. */
static resource_t find_resource(const char *name)
{
    for (int i = 0; i < RESOURCE_COUNT; ++i) {
        char text[NAME];
        snprintf(text, sizeof text, "%s", resource_name((resource_t)i));
        for (char *at = text; (at = strchr(at, ' ')) != NULL;) {
            *at = '_';
        }
        if (strcmp(text, name) == 0) {
            return (resource_t)i;
        }
    }
    return RESOURCE_COUNT;
}

/* "# options NAME=VALUE ...": what the preprocessor is given. */
static void read_options(truth_t *truth, char *text)
{
    int length = snprintf(truth->compiler, sizeof truth->compiler, "cc");
    for (char *word = strtok(text, " \n"); word != NULL; word = strtok(NULL, " \n")) {
        length += snprintf(truth->compiler + length, sizeof truth->compiler - (size_t)length,
                           " -D%s", word);
        assert_in_range(length, 0, sizeof truth->compiler - 1);
    }
}

static void read_head(truth_t *truth, char *line)
{
    if (strncmp(line, "# options", 9) == 0) {
        read_options(truth, line + 9);
    } else if (strncmp(line, "# columns", 9) == 0) {
        for (char *word = strtok(line + 9, " \n"); word != NULL; word = strtok(NULL, " \n")) {
            assert_in_range(truth->columns, 0, COLUMNS - 1);
            truth->column[truth->columns++] = find_resource(word);
        }
    } else {
        sscanf(line, "# pointer %u", &truth->pointer);
    }
}

static void read_heads(truth_t *truth)
{
    char line[1024];
    gzFile file = gzopen(data_path(truth->name, ".st"), "rb");
    assert_non_null(file);
    while (gzgets(file, line, sizeof line) != NULL && line[0] == '#') {
        read_head(truth, line);
    }
    gzclose(file);
    assert_int_not_equal(truth->columns, 0);
    assert_int_not_equal(truth->pointer, 0);
}

static int compare_value(const truth_t *truth, unsigned packet, int column, long used)
{
    const resource_t resource = truth->column[column];
    const standing_t *const derived = &standing[packet];
    if (resource == RESOURCE_COUNT ||
        (used >= derived->least[resource] && used <= derived->most[resource])) {
        return 0;
    }
    print_error("%s packet %u %s: %ld, not %ld to %ld\n", truth->name, packet,
                resource_name(resource), used, (long)derived->least[resource],
                (long)derived->most[resource]);
    return 1;
}

/* Compares one line of the statistics; returns how many columns lie outside the interval. What the
 * stack takes before the first packet is none of the traffic's. */
static int compare_line(truth_t *truth, const char *line)
{
    unsigned packet = 0;
    char after[16];
    int at = 0;
    int outside = 0;
    assert_int_equal(sscanf(line, "%u %*s %15s%n", &packet, after, &at), 2);
    assert_in_range(packet, 1, PACKETS - 1);
    for (int i = 0; i < truth->columns; ++i) {
        long used = 0;
        long max = 0;
        int length = 0;
        assert_int_equal(sscanf(line + at, " %ld/%ld%n", &used, &max, &length), 2);
        at += length;
        if (strcmp(after, "init") != 0) {
            truth->peak[i] = max > truth->peak[i] ? max : truth->peak[i];
            outside += compare_value(truth, packet, i, used);
        }
    }
    return outside;
}

static int compare_all(truth_t *truth)
{
    char line[1024];
    int outside = 0;
    gzFile file = gzopen(data_path(truth->name, ".st"), "rb");
    assert_non_null(file);
    while (gzgets(file, line, sizeof line) != NULL) {
        outside += line[0] == '#' ? 0 : compare_line(truth, line);
    }
    gzclose(file);
    return outside;
}

/* Within one element, the heap within 3 %, or inside the interval of the peaks. */
static int compare_peak(const truth_t *truth, int column)
{
    const resource_t resource = truth->column[column];
    if (resource == RESOURCE_COUNT) {
        return 0;
    }
    const level_t *const level = &truth->account.ledger.level[resource];
    const int64_t least = level->peak_least.amount;
    const int64_t most = level->peak_most.amount;
    const int64_t held = truth->peak[column];
    const int64_t slack = resource == RESOURCE_HEAP ? held * 3 / 100 : 1;
    if (getenv("CISTERN_TRUTH_SHOW") != NULL) {
        printf("%-14s %-20s held %6ld, derived %6ld to %6ld\n", truth->name,
               resource_name(resource), (long)held, (long)least, (long)most);
    }
    if (held < least - slack || held > most + slack) {
        print_error("%s %s: peak %ld, not %ld to %ld\n", truth->name, resource_name(resource),
                    (long)held, (long)least, (long)most);
        return 1;
    }
    return 0;
}

/* At every packet what was held lies in the interval, and so do the peaks. */
static void derived_interval_contains_what_lwip_held(void **state)
{
    truth_t truth = {.name = *state};
    read_heads(&truth);
    account_for(&truth);
    int outside = compare_all(&truth);
    for (int i = 0; i < truth.columns; ++i) {
        outside += compare_peak(&truth, i);
    }
    assert_int_equal(outside, 0);
    account_free(&truth.account);
    survey_free(&truth.survey);
}

/* --- runs: all whose statistics are in the folder, or those that are named */

static int find_runs(char (*name)[NAME])
{
    int runs = 0;
    DIR *const directory = opendir(folder);
    const struct dirent *entry = NULL;
    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        const char *const suffix = strstr(entry->d_name, ".st");
        if (suffix != NULL && (strcmp(suffix, ".st") == 0 || strcmp(suffix, ".st.gz") == 0) &&
            runs < RUNS) {
            snprintf(name[runs++], NAME, "%.*s", (int)(suffix - entry->d_name), entry->d_name);
        }
    }
    if (directory != NULL) {
        closedir(directory);
    }
    return runs;
}

/* Arguments: FOLDER, default the test's own data. */
int main(int argc, char **argv)
{
    static char name[RUNS][NAME];
    static struct CMUnitTest tests[RUNS];
    folder = argc > 1 ? argv[1] : folder;
    const int runs = find_runs(name);
    for (int i = 0; i < runs; ++i) {
        tests[i] = (struct CMUnitTest){.name = name[i],
                                       .test_func = derived_interval_contains_what_lwip_held,
                                       .initial_state = name[i]};
    }
    return runs == 0 ? 1 : _cmocka_run_group_tests("truth", tests, (size_t)runs, NULL, NULL);
}
