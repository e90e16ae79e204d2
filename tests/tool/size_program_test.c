/* SPDX-License-Identifier: BSD-3-Clause */
/* `cistern size` as its user meets it: captures, options and summaries in, configurations out. */
#include "support.h"

#include <glob.h>
#include <sys/stat.h>

#include "parsed.h"
#include "tool/program.h"

#define HTTP0 "--opts " CISTERN_TRUTH "/lwipopts.h --pointer 64 " CISTERN_TRUTH "/http0.pcap.gz"

/* The entry of a pool in the JSON report. */
static const json_t *pool(const json_t *json, const char *name)
{
    const json_t *const pools = json_object_get(json, "pools");
    for (size_t i = 0; i < json_array_size(pools); ++i) {
        const json_t *const entry = json_array_get(pools, i);
        if (strcmp(json_string_value(json_object_get(entry, "name")), name) == 0) {
            return entry;
        }
    }
    fail_msg("no %s", name);
    return NULL;
}

static json_int_t needed(const json_t *json, const char *name)
{
    return number(pool(json, name), "needed", NULL);
}

static void the_sizes_are_named_with_the_packet_at_which_one_less_fails(void **state)
{
    (void)state;
    run("size --json " HTTP0);
    assert_status(0);
    json_t *const json = report();
    assert_string_equal(json_string_value(json_object_get(json, "device")),
                        "10.77.0.2 (02:00:00:00:00:77)");
    assert_int_equal(needed(json, "TCP_SEG"), 12);
    assert_int_equal(needed(json, "TCP_PCB"), 8);
    assert_int_equal(number(pool(json, "TCP_SEG"), "one_less_fails_at", NULL), 248);
    assert_in_range(number(pool(json, "heap"), "one_less_fails_at", NULL), 1, 1258);
    assert_int_equal(number(pool(json, "heap"), "most", NULL), 18864);
    assert_in_range(needed(json, "heap"), 18864, 22000);
    json_decref(json);
}

/* The result as lwipopts.h suffices; one less of each option that the traffic needs does not. */
static void a_printed_configuration_suffices_and_with_one_less_of_anything_does_not(void **state)
{
    (void)state;
    static const char *const names[] = {"MEMP_NUM_TCP_SEG", "MEMP_NUM_TCP_PCB", "PBUF_POOL_SIZE",
                                        "MEMP_NUM_TCP_PCB_LISTEN", "MEM_SIZE"};
    run("--version >/dev/null; (cat " CISTERN_TRUTH "/lwipopts.h | grep -v "
        "'MEMP_NUM\\|MEM_SIZE\\|POOL_SIZE'; " CISTERN_PROGRAM " size --format lwipopts " HTTP0
        ") >made.h; " CISTERN_PROGRAM " size --verify made.h " HTTP0);
    assert_status(0);
    assert_non_null(strstr(last.out, "made.h suffices"));
    assert_non_null(strstr(last.out, "all hold"));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; ++i) {
        char arguments[1000];
        snprintf(arguments, sizeof arguments,
                 "--version >/dev/null; awk '$2 == \"%s\" { $3 -= %d } { print }' made.h "
                 ">less.h; " CISTERN_PROGRAM " size --verify less.h " HTTP0,
                 names[i], i == 4 ? 8 : 1);
        run(arguments);
        assert_status(4);
        assert_non_null(strstr(last.out, "less.h is too small: "));
        assert_non_null(strstr(last.out, " at packet "));
    }
}

static void conditions_between_options_are_checked(void **state)
{
    (void)state;
    run("size --json --cc 'cc -DTCP_SND_BUF=23360' --verify " CISTERN_TRUTH "/lwipopts.h " HTTP0);
    assert_status(0);
    json_t *json = report();
    assert_int_equal(json_array_size(json_object_get(json, "broken_conditions")), 0);
    json_decref(json);
    write_file("bad.h", "#define TCP_MSS 1460\n#define TCP_SND_BUF 1000\n#define NO_SYS 1\n", 62);
    run("size --json --verify bad.h " CISTERN_TRUTH "/http0.pcap.gz");
    json = report();
    const json_t *const broken = json_object_get(json, "broken_conditions");
    assert_in_range(json_array_size(broken), 1, 20);
    assert_non_null(strstr(last.out, "TCP_SND_BUF >= 2 * TCP_MSS"));
    json_decref(json);
}

static void several_captures_give_the_peak_of_all_and_name_the_file(void **state)
{
    (void)state;
    run("size --json " HTTP0 " " CISTERN_TRUTH "/up0.pcap.gz");
    assert_status(0);
    json_t *const json = report();
    assert_int_equal(needed(json, "TCP_SEG"), 12);
    assert_int_equal(needed(json, "PBUF_POOL"), 12);
    assert_non_null(strstr(json_string_value(json_object_get(pool(json, "PBUF_POOL"), "peak_file")),
                           "up0.pcap.gz"));
    assert_non_null(strstr(json_string_value(json_object_get(pool(json, "TCP_SEG"), "peak_file")),
                           "http0.pcap.gz"));
    json_decref(json);
}

/* Summaries of the parts, merged in either order, need what the captures together need. */
static void merged_summaries_need_what_the_captures_need(void **state)
{
    (void)state;
    static const char *const order[] = {"one.summary two.summary", "two.summary one.summary",
                                        "one.summary one.summary two.summary"};
    static const char *const pools[] = {"TCP_SEG", "PBUF_POOL", "TCP_PCB", "REASSDATA", "heap"};
    run("size --json " HTTP0 " " CISTERN_TRUTH "/up0.pcap.gz");
    json_t *const whole = report();
    run("size --summary one.summary --json " HTTP0);
    assert_status(0);
    run("size --summary two.summary --json --pointer 64 --opts " CISTERN_TRUTH
        "/lwipopts.h " CISTERN_TRUTH "/up0.pcap.gz");
    assert_status(0);
    for (size_t i = 0; i < 3; ++i) {
        char arguments[512];
        snprintf(arguments, sizeof arguments,
                 "size --json --pointer 64 --opts " CISTERN_TRUTH "/lwipopts.h %s", order[i]);
        run(arguments);
        assert_status(0);
        json_t *const merged = report();
        for (size_t j = 0; j < sizeof pools / sizeof pools[0]; ++j) {
            assert_int_equal(needed(merged, pools[j]), needed(whole, pools[j]));
        }
        assert_int_equal(number(merged, "malloc_pools", "bytes", NULL),
                         number(whole, "malloc_pools", "bytes", NULL));
        json_decref(merged);
    }
    json_decref(whole);
}

/* The samples were made by different hosts: each is sized from its own device's view. */
static void captures_of_several_devices_are_sized_each_by_itself(void **state)
{
    (void)state;
    static const char *const names[] = {"PBUF_POOL", "TCP_SEG", "UDP_PCB", "heap"};
    json_int_t most[4] = {0};
    static const char *const samples[] = {"http.pcap", "dns.pcap", "dhcp.pcap"};
    char arguments[512];
    for (size_t i = 0; i < 3; ++i) {
        snprintf(arguments, sizeof arguments, "size --json %s/%s", CISTERN_SAMPLES, samples[i]);
        run(arguments);
        json_t *const one = report();
        for (size_t j = 0; j < 4; ++j) {
            const json_int_t here = needed(one, names[j]);
            most[j] = here > most[j] ? here : most[j];
        }
        json_decref(one);
    }
    snprintf(arguments, sizeof arguments,
             "size --json --each %s/http.pcap %s/dns.pcap %s/dhcp.pcap", CISTERN_SAMPLES,
             CISTERN_SAMPLES, CISTERN_SAMPLES);
    run(arguments);
    assert_status(0);
    json_t *const all = report();
    assert_string_equal(json_string_value(json_object_get(all, "device")), "several devices");
    for (size_t j = 0; j < 4; ++j) {
        assert_int_equal(needed(all, names[j]), most[j]);
    }
    json_decref(all);
}

static void damaged_summaries_are_refused_by_line(void **state)
{
    (void)state;
    static const char *const damage[] = {"s/^row 1 .*/row 1 5 3 0 0 0/",
                                         "s/^row 1 .*/row 99 0 0 0 0 0/",
                                         "s/^peak .*/peak x/",
                                         "s/^size .*/size 0/",
                                         "/^end/d",
                                         "s/^target.*/target 33 4/",
                                         "s/^device.*/unknown word/",
                                         "/^totals/d"};
    run("size --summary good.summary " HTTP0 " >/dev/null");
    assert_status(0);
    for (size_t i = 0; i < sizeof damage / sizeof damage[0]; ++i) {
        char arguments[512];
        snprintf(arguments, sizeof arguments,
                 "--version >/dev/null; sed '%s' good.summary >bad.summary; " CISTERN_PROGRAM
                 " size bad.summary",
                 damage[i]);
        run(arguments);
        assert_status(2);
        assert_message("damaged summary");
    }
}

static void plans_are_bounds_above_what_was_measured(void **state)
{
    (void)state;
    run("size --json " HTTP0);
    json_t *const plain = report();
    static const char *const plans[] = {"--connections 50", "--rtt 200", "--loss 20",
                                        "--margin 50"};
    for (size_t i = 0; i < sizeof plans / sizeof plans[0]; ++i) {
        char arguments[512];
        snprintf(arguments, sizeof arguments, "size --json %s " HTTP0, plans[i]);
        run(arguments);
        assert_status(0);
        json_t *const planned = report();
        assert_true(needed(planned, "TCP_SEG") > needed(plain, "TCP_SEG"));
        assert_true(needed(planned, "heap") > needed(plain, "heap"));
        json_decref(planned);
    }
    json_decref(plain);
}

static void standard_input_is_sized_like_a_file(void **state)
{
    (void)state;
    run("--version >/dev/null; gzip -dc " CISTERN_TRUTH "/http0.pcap.gz | " CISTERN_PROGRAM
        " size --json --pointer 64 --opts " CISTERN_TRUTH "/lwipopts.h -");
    assert_status(0);
    json_t *const json = report();
    assert_int_equal(needed(json, "TCP_SEG"), 12);
    json_decref(json);
}

static void every_format_is_printed_alone(void **state)
{
    (void)state;
    static const char *const formats[][2] = {
        {"lwipopts", "#define MEMP_NUM_TCP_SEG           12 /* at most 12: packet 248 of "},
        {"lwippools", "LWIP_MALLOC_MEMPOOL_START\nLWIP_MALLOC_MEMPOOL("},
        {"syscfg", "    MEMP_NUM_TCP_SEG: 12\n"},
        {"sdkconfig", "\nCONFIG_LWIP_MAX_ACTIVE_TCP=8\n"},
        {"json", "\"verdict\""}};
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; ++i) {
        char arguments[512];
        snprintf(arguments, sizeof arguments, "size --format %s " HTTP0, formats[i][0]);
        run(arguments);
        assert_status(0);
        if (strstr(last.out, formats[i][1]) == NULL) {
            fail_msg("no '%s' in %s", formats[i][1], last.out);
        }
    }
}

/* --- captures made here: a device, 192.0.2.1, that serves port 80 -------------------------------
 */

typedef struct talk {
    bool by_device;
    unsigned flags;
    uint32_t sequence;
    uint32_t acknowledged;
    unsigned window;
    size_t data;
    unsigned milliseconds;
} talk_t;

enum { FIN = 1, SYN = 2, ACK = 16 };

/* Without options and checksums, which the accounting does not look at. */
static packet_t tcp_packet(const talk_t *talk)
{
    packet_t packet = packet_payload(talk->data);
    packet_t header = {0};
    packet_put_u16(&header, talk->by_device ? 80 : 40000);
    packet_put_u16(&header, talk->by_device ? 40000 : 80);
    packet_put_u16(&header, talk->sequence >> 16);
    packet_put_u16(&header, talk->sequence & 0xffff);
    packet_put_u16(&header, talk->acknowledged >> 16);
    packet_put_u16(&header, talk->acknowledged & 0xffff);
    packet_put_u16(&header, 0x5000 | talk->flags);
    packet_put_u16(&header, talk->window);
    packet_put_u16(&header, 0);
    packet_put_u16(&header, 0);
    packet_wrap(&packet, &header);
    packet_ipv4(&packet, PACKET_TCP);
    if (talk->by_device) {
        memcpy(packet.bytes + 12, packet_device4, 4);
        memcpy(packet.bytes + 16, packet_host4, 4);
    }
    packet_ethernet(&packet, 0x0800);
    packet.bytes[6 + 5] = talk->by_device ? 1 : 2; /* hardware addresses of their own */
    packet.bytes[5] = talk->by_device ? 2 : 1;
    return packet;
}

static void write_talk(const char *name, const talk_t *talk, size_t count, bool twice)
{
    const writer_t writer = create(name, DLT_EN10MB);
    for (size_t i = 0; i < count; ++i) {
        packet_t packet = tcp_packet(&talk[i]);
        struct pcap_pkthdr header = {
            .ts = {.tv_sec = 1, .tv_usec = 1000 * (long)talk[i].milliseconds},
            .caplen = (bpf_u_int32)packet.length,
            .len = (bpf_u_int32)packet.length};
        pcap_dump((u_char *)writer.dumper, &header, packet.bytes);
        if (twice) { /* as a router sends it on */
            --packet.bytes[14 + 8];
            ++header.ts.tv_usec;
            pcap_dump((u_char *)writer.dumper, &header, packet.bytes);
        }
    }
    finish(&writer);
}

/* A handshake, 3650 bytes in one frame that a network card splits, and their acknowledgement. */
static const talk_t download[] = {
    {false, SYN, 100, 0, 30000, 0, 0},          {true, SYN | ACK, 500, 101, 5840, 0, 1},
    {false, ACK, 101, 501, 30000, 0, 2},        {false, ACK, 101, 501, 30000, 10, 3},
    {true, ACK, 501, 111, 5840, 3650, 4},       {false, ACK, 111, 501 + 2920, 30000, 0, 5},
    {false, ACK, 111, 501 + 3650, 30000, 0, 6},
};

#define OWN "size --json --device 192.0.2.1 --opts own.h "

static void write_options(void)
{
    const char text[] = "#define TCP_MSS 1460\n#define TCP_SND_BUF 5840\n#define NO_SYS 1\n";
    write_file("own.h", text, sizeof text - 1);
}

static void a_frame_that_a_card_split_is_so_many_segments(void **state)
{
    (void)state;
    write_options();
    write_talk("joined.pcap", download, 7, false);
    run(OWN "joined.pcap");
    assert_status(0);
    json_t *const json = report();
    assert_int_equal(needed(json, "TCP_SEG"), 3);
    assert_int_equal(number(pool(json, "TCP_SEG"), "least", NULL), 3);
    assert_int_equal(needed(json, "TCP_PCB"), 1);
    assert_int_equal(needed(json, "TCP_PCB_LISTEN"), 1);
    json_decref(json);
}

static void what_was_recorded_on_both_sides_of_a_router_counts_once(void **state)
{
    (void)state;
    write_options();
    write_talk("once.pcap", download, 7, false);
    write_talk("twice.pcap", download, 7, true);
    run(OWN "once.pcap");
    json_t *const once = report();
    run(OWN "twice.pcap");
    assert_status(0);
    json_t *const twice = report();
    assert_int_equal(number(twice, "duplicates", NULL), 7);
    assert_int_equal(number(twice, "received", NULL), number(once, "received", NULL));
    assert_int_equal(needed(twice, "TCP_SEG"), needed(once, "TCP_SEG"));
    assert_int_equal(needed(twice, "heap"), needed(once, "heap"));
    json_decref(once);
    json_decref(twice);
}

/* Three segments behind a gap are held with a TCP_SEG each until it is closed; then they are unread
 * until the window opens again. */
static void data_out_of_order_and_unread_is_held_until_the_window_shows_it_read(void **state)
{
    (void)state;
    static const talk_t upload[] = {
        {false, SYN, 100, 0, 30000, 0, 0},         {true, SYN | ACK, 500, 101, 5840, 0, 1},
        {false, ACK, 101, 501, 30000, 0, 2},       {false, ACK, 1561, 501, 30000, 1460, 3},
        {true, ACK, 501, 101, 5840, 0, 4},         {false, ACK, 3021, 501, 30000, 1460, 5},
        {false, ACK, 4481, 501, 30000, 1460, 6},   {false, ACK, 101, 501, 30000, 1460, 7},
        {true, ACK, 501, 5941, 0, 0, 8},           {true, ACK, 501, 5941, 5840, 0, 500},
        {false, ACK, 5941, 501, 30000, 1460, 600},
    };
    write_options();
    write_talk("upload.pcap", upload, 11, false);
    run(OWN "--service 0 upload.pcap");
    assert_status(0);
    json_t *const json = report();
    assert_int_equal(needed(json, "TCP_SEG"), 3);
    assert_int_equal(number(pool(json, "TCP_SEG"), "least", NULL), 3);
    assert_int_equal(needed(json, "PBUF_POOL"), 4);
    assert_int_equal(number(pool(json, "PBUF_POOL"), "least", NULL), 4);
    json_decref(json);
}

/* The same traffic alone, and on a wire with that of two other hosts. */
static void traffic_of_other_hosts_changes_nothing(void **state)
{
    static const char *const arguments[] = {
        "size --json --device 10.77.0.2 " CISTERN_TRUTH "/slow.pcap.gz",
        "size --json --device 10.77.0.2 " CISTERN_CAPTURES "/others.pcap.gz"};
    json_t *pools[2];
    (void)state;
    for (int i = 0; i < 2; ++i) {
        run(arguments[i]);
        assert_status(0);
        json_t *const json = report();
        pools[i] = json_incref(json_object_get(json, "pools"));
        json_decref(json);
    }
    for (size_t i = 0; i < json_array_size(pools[0]); ++i) {
        static const char *const keys[] = {"name", "least", "most", "needed"};
        for (size_t j = 0; j < sizeof keys / sizeof keys[0]; ++j) {
            assert_true(json_equal(json_object_get(json_array_get(pools[0], i), keys[j]),
                                   json_object_get(json_array_get(pools[1], i), keys[j])));
        }
    }
    json_decref(pools[0]);
    json_decref(pools[1]);
}

static void a_device_that_was_found_among_others_is_named_with_the_option_for_another(void **state)
{
    (void)state;
    run("size " CISTERN_CAPTURES "/others.pcap.gz");
    assert_status(0);
    assert_non_null(strstr(last.out, "Device 10.78.0.2 "));
    assert_non_null(strstr(last.out, " of others (--device names one of them)"));
    run("size --device 10.77.0.2 " CISTERN_CAPTURES "/others.pcap.gz");
    assert_status(0);
    assert_non_null(strstr(last.out, "Device 10.77.0.2 "));
    assert_non_null(strstr(last.out, " of others.\n"));
}

/* Every pool that was taken: one element less fails at a packet that is named. */
static void assert_tight(const char *arguments)
{
    run(arguments);
    assert_status(0);
    json_t *const json = report();
    const json_t *const pools = json_object_get(json, "pools");
    for (size_t i = 0; i < json_array_size(pools); ++i) {
        const json_t *const entry = json_array_get(pools, i);
        const bool taken = number(entry, "most", NULL) != 0;
        assert_int_equal(number(entry, "one_less_fails_at", NULL) != 0, taken);
    }
    json_decref(json);
}

static void all_samples_are_tight(void **state)
{
    (void)state;
    static const char *const samples[] = {
        "coap.pcap", "coap.pcapng", "dhcp.pcap",           "dns.pcap",  "http.pcap",
        "ipv6.pcap", "mqtt.pcap",   "ping-fragments.pcap", "vlan.pcap", "modbus.pcap"};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; ++i) {
        char arguments[256];
        snprintf(arguments, sizeof arguments, "size --json %s/%s", CISTERN_SAMPLES, samples[i]);
        assert_tight(arguments);
    }
}

static void all_truth_runs_are_tight(void **state)
{
    (void)state;
    static const char *const runs[] = {
        "busy", "files",  "files-32",   "fragments",      "fragments-lost", "http0",   "httploss",
        "loss", "many",   "reorder",    "slow",           "slow16",         "sockets", "udp",
        "up0",  "upload", "sockets-32", "sockets-accept", "sockets-udp",
    };
    for (size_t i = 0; i < sizeof runs / sizeof runs[0]; ++i) {
        const bool sockets = strncmp(runs[i], "sockets", 7) == 0;
        char arguments[512];
        snprintf(arguments, sizeof arguments,
                 "size --json --device 10.77.0.2 --cc 'cc -DNO_SYS=%d' --opts %s/lwipopts.h "
                 "%s/%s.pcap.gz",
                 sockets ? 0 : 1, CISTERN_TRUTH, CISTERN_TRUTH, runs[i]);
        assert_tight(arguments);
    }
}

static void bad_command_lines_are_refused_in_one_line(void **state)
{
    (void)state;
    static const struct {
        const char *arguments;
        const char *says;
        int status;
    } bad[] = {
        {"size", "size needs a capture", 1},
        {"size --pointer 48 x", "--pointer must be 16, 32 or 64", 1},
        {"size --device nonsense " CISTERN_TRUTH "/http0.pcap.gz", "--device must be", 1},
        {"size --device 1.2.3.4 " CISTERN_TRUTH "/http0.pcap.gz", "no packet of 1.2.3.4", 2},
        {"size --format xml x", "--format must be", 1},
        {"size --heap tlsf x", "--heap must be", 1},
        {"size --margin -1 x", "--margin must be", 1},
        {"size --margin nan x", "--margin must be", 1},
        {"size --classes 0 x", "--classes must be", 1},
        {"size --bogus x", "is unknown", 1},
        {"size --rtt", "needs a value", 1},
        {"size - -", "only once", 1},
        {"size --opts missing.h " CISTERN_TRUTH "/http0.pcap.gz", "missing.h: No such file", 1},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; ++i) {
        run(bad[i].arguments);
        assert_status(bad[i].status);
        assert_message(bad[i].says);
    }
    run("size --help");
    assert_status(0);
    assert_non_null(strstr(last.out, "--connections N"));
}

static void captures_without_a_packet_are_refused_in_one_line(void **state)
{
    (void)state;
    static const char *const bad[][2] = {
        {"size nothing", "nothing: not a capture: too short"},
        {"size - <nothing", "standard input: not a capture: too short"},
        {"size nowhere", "nowhere: No such file"},
        {"size --device 192.0.2.1 nowhere", "nowhere: No such file"},
        {"size header.pcap", "header.pcap has no packet"},
        {"size --device 192.0.2.1 header.pcap", "header.pcap has no packet"},
        {"size header.pcap header.pcap", "the captures have no packet"},
        {"size torn.pcap", "torn.pcap: packet 1: truncated"},
        {"size -f 'udp foo(' " CISTERN_SAMPLES "/http.pcap", "filter 'udp foo(': "},
        {"size -f 'tcp port 9' " CISTERN_SAMPLES "/http.pcap",
         "http.pcap has no packet that passes the filter"},
    };
    write_udp("header.pcap", 0, 0, 0);
    write_udp("torn.pcap", 1, 8, 0);
    write_file("nothing", "", 0);
    assert_int_equal(truncate(path_of("torn.pcap"), 30), 0);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; ++i) {
        run(bad[i][0]);
        assert_status(2);
        assert_message(bad[i][1]);
    }
}

/* Many events need a temporary file; so do standard input and options. */
static void a_folder_for_temporary_files_that_cannot_be_used_is_named_in_one_line(void **state)
{
    (void)state;
    static const char *const needs[] = {"size many.pcap", "size - <many.pcap",
                                        "size --opts own.h " CISTERN_SAMPLES "/dns.pcap"};
    write_udp("many.pcap", 400000, 8, 0);
    write_file("own.h", "", 0);
    assert_int_equal(setenv("TMPDIR", "/nowhere", 1), 0);
    for (size_t i = 0; i < sizeof needs / sizeof needs[0]; ++i) {
        run(needs[i]);
        assert_status(1);
        assert_message("a temporary file cannot be made: /nowhere/cistern-");
    }
    assert_int_equal(unsetenv("TMPDIR"), 0);
    run(needs[0]);
    assert_status(0);
}

static void a_traces_verdict_counts_the_pools_of_the_program_too(void **state)
{
    (void)state;
    run("size " CISTERN_TRACES "/full32.ctr");
    assert_status(2); /* it lacks events */
    assert_non_null(strstr(last.out, "it has 11096 bytes of pools and heap, of which 2488 are "
                                     "needed"));
}

/* A segment of a connection between port `port` of a host and port 80 of a device, raw IP. */
static void put_segment(pcap_dumper_t *dumper, uint32_t connection, bool from, uint8_t flags,
                        uint32_t sequence, uint32_t acknowledged)
{
    const struct pcap_pkthdr header = {.ts = {.tv_sec = connection / 100}, .caplen = 40, .len = 40};
    const uint16_t port = (uint16_t)(1024 + connection % 60000);
    packet_t packet = {.length = 40, .bytes = {0x45, [3] = 40, [8] = 64, [9] = 6, [32] = 0x50}};
    memcpy(packet.bytes + (from ? 12 : 16), packet_device4, 4);
    memcpy(packet.bytes + (from ? 16 : 12), packet_host4, 4);
    packet_set_u16(&packet, from ? 20 : 22, 80);
    packet_set_u16(&packet, from ? 22 : 20, port);
    packet_set_u16(&packet, 26, sequence);
    packet_set_u16(&packet, 30, acknowledged);
    packet_set_u16(&packet, 34, 4096);
    packet.bytes[33] = flags;
    pcap_dump((u_char *)dumper, &header, packet.bytes);
}

/* Connections that follow each other: what an ended one held is let go of, or goes to the disk. */
static void memory_does_not_grow_with_connections_that_ended(void **state)
{
    enum { CONNECTIONS = 40000, KIBIBYTES = 72000 };
    static const struct {
        bool from;
        uint8_t flags;
        uint8_t sequence, acknowledged;
    } step[] = {{false, TCP_SYN, 1, 0},          {true, TCP_SYN | TCP_ACK, 1, 2},
                {false, TCP_ACK, 2, 2},          {false, TCP_FIN | TCP_ACK, 2, 2},
                {true, TCP_FIN | TCP_ACK, 2, 3}, {false, TCP_ACK, 3, 3}};
    char command[200];
    (void)state;
    if (CISTERN_SANITIZED) { /* shadows of memory count, too */
        skip();
    }
    pcap_t *const pcap = pcap_open_dead(DLT_RAW, 65535);
    pcap_dumper_t *const dumper = pcap_dump_open(pcap, path_of("connections.pcap"));
    for (uint32_t i = 0; i < CONNECTIONS; ++i) {
        for (size_t j = 0; j < sizeof step / sizeof step[0]; ++j) {
            put_segment(dumper, i, step[j].from, step[j].flags, step[j].sequence,
                        step[j].acknowledged);
        }
    }
    pcap_dump_close(dumper);
    pcap_close(pcap);
    snprintf(command, sizeof command,
             "--version; ulimit -v %d; " CISTERN_PROGRAM
             " size --device 192.0.2.1 connections.pcap",
             KIBIBYTES);
    run(command);
    assert_status(0);
}

/* A message names the line, also of a file that is included, and what in it is no number. */
static void an_option_that_is_no_number_is_refused_by_line(void **state)
{
    (void)state;
    static const char *const bad[][2] = {
        {"(FOO + 1)", "own.h:4: MEM_SIZE is no number that can be computed: FOO is not defined"},
        {"ROUND(5)", "own.h:4: MEM_SIZE is no number that can be computed: ROUND is not known"},
        {"(3 * sizeof(struct pbuf))", "own.h:4: MEM_SIZE is no number that can be computed: sizeof "
                                      "depends on the target: write its number"},
        {"\"1600\"", "own.h:4: MEM_SIZE is no number that can be computed: no expression"},
        {"0 - 4", "own.h:4: MEM_SIZE is no number that can be computed: out of range"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; ++i) {
        char text[200];
        int length =
            snprintf(text, sizeof text, "#define TCP_MSS \\\n  1460\n/* */\n#define MEM_SIZE %s\n",
                     bad[i][0]);
        write_file("own.h", text, (size_t)length);
        write_file("outer.h", "\n#include \"own.h\"\n", 18);
        run("size --opts own.h " CISTERN_SAMPLES "/dns.pcap");
        assert_status(1);
        assert_message(bad[i][1]);
        run("size --opts outer.h " CISTERN_SAMPLES "/dns.pcap");
        assert_status(1);
        assert_message(bad[i][1]);
    }
}

/* The options of real projects, as they are: one needs a header of its port. */
static void options_of_real_projects_are_accepted_or_refused_with_the_reason(void **state)
{
    (void)state;
    glob_t files;
    size_t refused = 0;
    assert_int_equal(glob(CISTERN_CONFIGS "/*/lwipopts.h", 0, NULL, &files), 0);
    assert_in_range(files.gl_pathc, 28, 1000);
    for (size_t i = 0; i < files.gl_pathc; ++i) {
        char arguments[COMMAND_SIZE / 2];
        snprintf(arguments, sizeof arguments, "size --opts %s " CISTERN_SAMPLES "/http.pcap",
                 files.gl_pathv[i]);
        run(arguments);
        if (last.status == 0) {
            assert_string_equal(last.err, "");
            continue;
        }
        ++refused;
        assert_status(1);
        assert_non_null(strstr(files.gl_pathv[i], "/esp_idf/"));
        assert_non_null(strstr(last.err, "arch/sys_arch.h"));
        assert_non_null(
            strstr(last.err, "'cc -E' failed: --cc 'cc -I FOLDER' adds the folder of a header"));
    }
    globfree(&files);
    assert_int_equal(refused, 1);
    assert_int_equal(mkdir(path_of("arch"), 0700), 0);
    write_file("arch/sys_arch.h", "", 0);
    run("size --cc 'cc -I.' --opts " CISTERN_CONFIGS "/esp_idf/lwipopts.h " CISTERN_SAMPLES
        "/http.pcap");
    assert_status(0);
}

/* One device in captures of different days, the later one first. */
static void a_device_named_by_its_hardware_address_is_known_by_all_its_addresses(void **state)
{
    (void)state;
    run("size --json --device 02:00:00:00:00:01 " CISTERN_SAMPLES "/mqtt.pcap " CISTERN_SAMPLES
        "/ipv6.pcap " CISTERN_SAMPLES "/http.pcap " CISTERN_SAMPLES "/dns.pcap " CISTERN_SAMPLES
        "/dhcp.pcap");
    assert_status(0);
    json_t *const json = report();
    assert_string_equal(json_string_value(json_object_get(json, "device")),
                        "192.0.2.1 (02:00:00:00:00:01)");
    assert_int_equal(number(json, "options", "TCP_MSS", "value", NULL), 1460);
    size_t i = 0;
    const json_t *row = NULL;
    json_array_foreach(json_object_get(json, "pools"), i, row)
    {
        const double second = json_number_value(json_object_get(row, "peak_second"));
        assert_true(second >= 0 && second < 20);
    }
    json_decref(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sizes_are_named_with_the_packet_at_which_one_less_fails),
        cmocka_unit_test(a_printed_configuration_suffices_and_with_one_less_of_anything_does_not),
        cmocka_unit_test(conditions_between_options_are_checked),
        cmocka_unit_test(several_captures_give_the_peak_of_all_and_name_the_file),
        cmocka_unit_test(merged_summaries_need_what_the_captures_need),
        cmocka_unit_test(captures_of_several_devices_are_sized_each_by_itself),
        cmocka_unit_test(damaged_summaries_are_refused_by_line),
        cmocka_unit_test(plans_are_bounds_above_what_was_measured),
        cmocka_unit_test(standard_input_is_sized_like_a_file),
        cmocka_unit_test(every_format_is_printed_alone),
        cmocka_unit_test(a_frame_that_a_card_split_is_so_many_segments),
        cmocka_unit_test(what_was_recorded_on_both_sides_of_a_router_counts_once),
        cmocka_unit_test(data_out_of_order_and_unread_is_held_until_the_window_shows_it_read),
        cmocka_unit_test(a_device_named_by_its_hardware_address_is_known_by_all_its_addresses),
        cmocka_unit_test(traffic_of_other_hosts_changes_nothing),
        cmocka_unit_test(a_device_that_was_found_among_others_is_named_with_the_option_for_another),
        cmocka_unit_test(all_samples_are_tight),
        cmocka_unit_test(all_truth_runs_are_tight),
        cmocka_unit_test(bad_command_lines_are_refused_in_one_line),
        cmocka_unit_test(captures_without_a_packet_are_refused_in_one_line),
        cmocka_unit_test(a_traces_verdict_counts_the_pools_of_the_program_too),
        cmocka_unit_test(memory_does_not_grow_with_connections_that_ended),
        cmocka_unit_test(a_folder_for_temporary_files_that_cannot_be_used_is_named_in_one_line),
        cmocka_unit_test(an_option_that_is_no_number_is_refused_by_line),
        cmocka_unit_test(options_of_real_projects_are_accepted_or_refused_with_the_reason),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
