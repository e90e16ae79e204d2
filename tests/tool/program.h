/* SPDX-License-Identifier: BSD-3-Clause */
/* program.h - the program as its user runs it: captures in a folder of their own, a command line,
 * what it printed and how it ended. For tests of one program each. */
#ifndef CISTERN_TEST_TOOL_PROGRAM_H
#define CISTERN_TEST_TOOL_PROGRAM_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jansson.h>
#include <pcap/pcap.h>

#include "tool/packets.h"

enum { TEXT_SIZE = 65536, COMMAND_SIZE = 1024 };

static char folder[] = "/tmp/cistern-test-XXXXXX";

/* What a run printed and how it ended. */
typedef struct run {
    int status;
    char out[TEXT_SIZE];
    char err[TEXT_SIZE];
} run_t;

static run_t last;

static inline const char *path_of(const char *name)
{
    static char path[256];
    assert_in_range(snprintf(path, sizeof path, "%s/%s", folder, name), 1, sizeof path - 1);
    return path;
}

static inline void read_text(FILE *file, char text[TEXT_SIZE])
{
    const size_t length = fread(text, 1, TEXT_SIZE - 1, file);
    text[length] = '\0';
    assert_true(feof(file));
}

/* The length of the folder at the start of `text` in which sources or programs are, or 0. */
static inline size_t root_at(const char *text)
{
    static const char *const roots[] = {CISTERN_SOURCES, CISTERN_BINARIES};
    size_t length = 0;
    for (size_t i = 0; i < sizeof roots / sizeof roots[0] && length == 0; ++i) {
        length = strncmp(text, roots[i], strlen(roots[i])) == 0 ? strlen(roots[i]) : 0;
    }
    return length;
}

/* Copies a command line, so that a shell takes these folders as one word, whatever their names. */
static inline void quote_folders(char *quoted, size_t size, const char *command)
{
    size_t length = 0;
    while (*command != '\0') {
        for (size_t left = root_at(command); left > 0; --left) {
            quoted[length++] = '\\';
            quoted[length++] = *command++;
            assert_true(length + 2 < size);
        }
        quoted[length++] = *command;
        command += *command != '\0';
        assert_true(length + 2 < size);
    }
    quoted[length] = '\0';
}

/* Runs a program in the folder of captures; `arguments` as for a shell. */
static inline void run_program(const char *program, const char *arguments)
{
    char command[COMMAND_SIZE];
    char quoted[2 * COMMAND_SIZE];
    assert_in_range(
        snprintf(command, sizeof command, "cd %s && %s %s 2>stderr", folder, program, arguments), 1,
        sizeof command - 1);
    quote_folders(quoted, sizeof quoted, command);
    FILE *const out = popen(quoted, "r");
    assert_non_null(out);
    read_text(out, last.out);
    const int status = pclose(out);
    assert_true(WIFEXITED(status));
    last.status = WEXITSTATUS(status);
    FILE *const err = fopen(path_of("stderr"), "r");
    assert_non_null(err);
    read_text(err, last.err);
    fclose(err);
}

static inline void run(const char *arguments)
{
    run_program(CISTERN_PROGRAM, arguments);
}

static inline void assert_status(int status)
{
    if (last.status != status) {
        print_error("status %d\n%s\n%s\n", last.status, last.out, last.err);
    }
    assert_int_equal(last.status, status);
}

/* One line on stderr that holds `text`; nothing else there. */
static inline void assert_message(const char *text)
{
    if (strstr(last.err, text) == NULL) {
        print_error("no '%s' in '%s'\n", text, last.err);
    }
    assert_non_null(strstr(last.err, text));
    const char *const end = strchr(last.err, '\n');
    assert_non_null(end);
    assert_int_equal(end[1], '\0');
}

static inline json_t *report(void)
{
    json_error_t error;
    json_t *const json = json_loads(last.out, 0, &error);
    if (json == NULL) {
        print_error("%s in '%s'\n", error.text, last.out);
    }
    assert_non_null(json);
    return json;
}

/* The number at a path of keys, e.g. "checksums", "udp", "good", NULL. */
static inline json_int_t number(const json_t *json, ...)
{
    va_list keys;
    va_start(keys, json);
    const char *key = va_arg(keys, const char *);
    while (key != NULL) {
        json = json_object_get(json, key);
        assert_non_null(json);
        key = va_arg(keys, const char *);
    }
    va_end(keys);
    assert_true(json_is_integer(json));
    return json_integer_value(json);
}

/* A number of the pool PBUF_POOL. */
static inline json_int_t pool_number(const json_t *json, const char *key)
{
    const json_t *const pools = json_object_get(json, "pools");
    for (size_t i = 0; i < json_array_size(pools); ++i) {
        const json_t *const pool = json_array_get(pools, i);
        if (strcmp(json_string_value(json_object_get(pool, "name")), "PBUF_POOL") == 0) {
            return number(pool, key, NULL);
        }
    }
    fail_msg("no PBUF_POOL in the report");
    return 0;
}

/* --- captures --------------------------------------------------------------------------------- */

typedef struct writer {
    pcap_t *pcap;
    pcap_dumper_t *dumper;
} writer_t;

static inline writer_t create(const char *name, int link)
{
    writer_t writer = {.pcap = pcap_open_dead(link, 262144)};
    assert_non_null(writer.pcap);
    writer.dumper = pcap_dump_open(writer.pcap, path_of(name));
    assert_non_null(writer.dumper);
    return writer;
}

/* Adds `captured` bytes of a frame that had `length`. */
static inline void add_part(const writer_t *writer, const uint8_t *bytes, size_t captured,
                            size_t length)
{
    const struct pcap_pkthdr header = {.caplen = (bpf_u_int32)captured, .len = (bpf_u_int32)length};
    pcap_dump((u_char *)writer->dumper, &header, bytes);
}

static inline void add(const writer_t *writer, const packet_t *packet)
{
    add_part(writer, packet->bytes, packet->length, packet->length);
}

static inline void finish(const writer_t *writer)
{
    pcap_dump_close(writer->dumper);
    pcap_close(writer->pcap);
}

static inline void write_file(const char *name, const void *bytes, size_t length)
{
    FILE *const file = fopen(path_of(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    fclose(file);
}

/* `count` UDP frames with payloads of `first`, first + step, ... bytes. */
static inline void write_udp(const char *name, unsigned count, size_t first, size_t step)
{
    const writer_t writer = create(name, DLT_EN10MB);
    for (unsigned i = 0; i < count; ++i) {
        const packet_t packet = packet_udp_frame(first + i * step, 99);
        add(&writer, &packet);
    }
    finish(&writer);
}

/* How many frames of a capture, as libpcap reads it, are longer than `bytes`; all for -1. */
static inline json_int_t count_longer(const char *path, long bytes)
{
    char reason[PCAP_ERRBUF_SIZE];
    struct pcap_pkthdr *header = NULL;
    const u_char *data = NULL;
    json_int_t count = 0;
    pcap_t *const pcap = pcap_open_offline(path, reason);
    assert_non_null(pcap);
    while (pcap_next_ex(pcap, &header, &data) == 1) {
        count += (long)header->caplen > bytes;
    }
    pcap_close(pcap);
    return count;
}

static inline int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL;
}

static inline int remove_folder(void **state)
{
    (void)state;
    char command[COMMAND_SIZE];
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

#endif
