/* SPDX-License-Identifier: BSD-3-Clause */
/* main.c - cistern, the host program. */
#include <stdio.h>
#include <string.h>

#include "cistern/version.h"
#include "memory.h"
#include "options.h"
#include "replay.h"
#include "report.h"
#include "size.h"
#include "source.h"
#include "trace_file.h"
#include "trace_replay.h"

static int worse(int a, int b)
{
    return a > b ? a : b;
}

/* The exit status, after a last look at whether all that was printed went out. */
static int end(int status, bool written)
{
    if (written && fflush(stdout) == 0 && !ferror(stdout)) {
        return status;
    }
    fputs("cistern: the output could not be written\n", stderr);
    return worse(status, STATUS_USAGE);
}

/* The exit status, after word that memory was short if something could not be added to the JSON. */
static int note(int status, bool added)
{
    if (added) {
        return status;
    }
    fputs("cistern: out of memory\n", stderr);
    return worse(status, STATUS_USAGE);
}

/* Reports one run and gives its exit status. */
static int report(const replay_result_t *result, const options_t *options, report_json_t *json)
{
    int status = result->complete ? STATUS_OK : STATUS_INPUT;
    if (json == NULL) {
        report_table(result, options);
    } else {
        status = note(status, report_json_add(json, result, options));
    }
    fflush(stdout); /* so that messages stand after the table that they belong to */
    report_incidents(result);
    return result->leaks != 0 || result->faults != 0 ? STATUS_FAULT : status;
}

static int replay_trace(char **file, report_json_t *json)
{
    json_t *run = NULL;
    const int status = trace_replay(file, json != NULL ? &run : NULL);
    return json == NULL || run == NULL ? status : note(status, report_json_add_object(json, run));
}

static int replay_all(const options_t *options, report_json_t *json)
{
    int status = STATUS_OK;
    for (int i = 0; i < options->files && !source_stop; ++i) {
        replay_result_t result;
        if (trace_is(options->file[i])) {
            status = worse(status, replay_trace(&options->file[i], json));
        } else if (replay_run(&result, options, options->file[i])) {
            status = worse(status, report(&result, options, json));
        } else {
            status = worse(status, STATUS_INPUT);
            status = note(status, json == NULL || report_json_add_error(json, &result));
        }
    }
    return status;
}

static int replay(const options_t *options)
{
    if (!memory_open(options)) {
        return STATUS_USAGE;
    }
    source_catch_signals(true);
    report_json_t *const json = options->json ? report_json_begin() : NULL;
    const int status = replay_all(options, json);
    const bool written = !options->json || report_json_end(json, options->files > 1);
    memory_close();
    return end(status, written);
}

static int size(int argc, char **argv)
{
    size_options_t options;
    if (!size_options_parse(&options, argc, argv)) {
        return STATUS_USAGE;
    }
    if (options.files < 0) {
        size_help();
        return end(STATUS_OK, true);
    }
    return size_run(&options);
}

int main(int argc, char **argv)
{
    options_t options;
    if (argc > 1 && strcmp(argv[1], "size") == 0) {
        return size(argc - 1, argv + 1);
    }
    switch (options_parse(&options, argc, argv)) {
    case COMMAND_REPLAY:
        return replay(&options);
    case COMMAND_HELP:
        options_help();
        return end(STATUS_OK, true);
    case COMMAND_VERSION:
        puts("cistern " CISTERN_VERSION_STRING);
        return end(STATUS_OK, true);
    case COMMAND_ERROR:
    default:
        return STATUS_USAGE;
    }
}
