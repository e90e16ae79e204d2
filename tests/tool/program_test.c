/* SPDX-License-Identifier: BSD-3-Clause */
/* The program `cistern` as its user meets it: captures in, a report and an exit status out.
 *
 * Captures are written here with libpcap's own writer or byte by byte; reports are read as JSON.
 * CISTERN_PROGRAM, CISTERN_MISUSE and CISTERN_SAMPLES name the built program, a copy of it that
 * errs (see misuse.c), and the folder of samples. */
#include "support.h"

#include "tool/program.h"

/* --- reports ---------------------------------------------------------------------------------- */

static void every_sample_is_handled_whole_with_and_without_threads(void **state)
{
    (void)state;
    static const char *const samples[] = {
        "http.pcap",   "mqtt.pcap", "coap.pcap",           "coap.pcapng", "dns.pcap",
        "modbus.pcap", "ipv6.pcap", "ping-fragments.pcap", "dhcp.pcap",   "vlan.pcap"};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; ++i) {
        json_t *first = NULL;
        for (int threads = 0; threads < 2; ++threads) {
            char arguments[256];
            snprintf(arguments, sizeof arguments, "replay --json --threads %d %s/%s", threads,
                     CISTERN_SAMPLES, samples[i]);
            run(arguments);
            assert_status(0);
            assert_string_equal(last.err, "");
            json_t *const json = report();
            snprintf(arguments, sizeof arguments, "%s/%s", CISTERN_SAMPLES, samples[i]);
            assert_int_equal(number(json, "packets", NULL), count_longer(arguments, -1));
            assert_int_equal(number(json, "handled", NULL), number(json, "packets", NULL));
            assert_int_equal(number(json, "leaks", NULL), 0);
            assert_int_equal(number(json, "faults", NULL), 0);
            if (threads == 0) {
                first = json_incref(json);
            } else { /* the same was seen */
                static const char *const same[] = {"protocols", "checksums", "answers", "datagrams",
                                                   "incidents"};
                for (size_t key = 0; key < sizeof same / sizeof same[0]; ++key) {
                    assert_true(json_equal(json_object_get(first, same[key]),
                                           json_object_get(json, same[key])));
                }
            }
            json_decref(json);
        }
        json_decref(first);
    }
}

static void a_pool_too_small_drops_exactly_what_it_cannot_hold(void **state)
{
    (void)state;
    const json_int_t expected = count_longer(CISTERN_SAMPLES "/http.pcap", 4 * 256);
    assert_true(expected > 0);
    for (int threads = 0; threads < 2; ++threads) {
        char arguments[256];
        snprintf(arguments, sizeof arguments,
                 "replay --json --flood --pool-count 4 --pool-size 256 --threads %d %s/http.pcap",
                 threads, CISTERN_SAMPLES);
        run(arguments);
        assert_status(0);
        assert_message("dropped");
        json_t *const json = report();
        assert_int_equal(number(json, "dropped", NULL), expected);
        assert_int_equal(pool_number(json, "err"), expected);
        assert_int_equal(number(json, "handled", NULL) + expected, number(json, "packets", NULL));
        assert_int_equal(pool_number(json, "max"), 4);
        assert_int_equal(pool_number(json, "count"), 4);
        assert_int_equal(number(json, "leaks", NULL), 0);
        json_decref(json);
    }
}

#define FITS "replay --json --device 192.0.2.1 --pool-count 3 --pool-size 64 "

static void a_frame_that_just_fits_the_pool_is_kept_and_one_byte_more_dropped(void **state)
{
    (void)state;
    const size_t headers = 14 + 20 + 8;
    write_udp("fits.pcap", 3, 3 * 64 - headers - 1, 1); /* 191, 192 and 193 bytes */
    for (int threads = 0; threads < 2; ++threads) {
        run(threads == 0 ? FITS "--threads 0 fits.pcap" : FITS "--threads 1 fits.pcap");
        assert_status(0);
        assert_message("fits.pcap: packet 3: dropped");
        json_t *const json = report();
        assert_int_equal(number(json, "handled", NULL), 2);
        assert_int_equal(pool_number(json, "err"), 1);
        json_decref(json);
    }
}

static void dropping_accounts_for_every_packet(void **state)
{
    (void)state;
    static const char *const sizes[] = {"--pool-count 8", "--pool-count 1",
                                        "--pool-count 100000 --pool-size 16"};
    for (size_t i = 0; i < 3; ++i) {
        char arguments[256];
        snprintf(arguments, sizeof arguments, "replay --json --drop %s %s/http.pcap", sizes[i],
                 CISTERN_SAMPLES);
        run(arguments);
        assert_status(0);
        json_t *const json = report();
        assert_int_equal(number(json, "handled", NULL) + number(json, "dropped", NULL),
                         number(json, "packets", NULL));
        assert_int_equal(number(json, "incidents", "pool_empty", "count", NULL) +
                             number(json, "incidents", "mailbox_full", "count", NULL),
                         number(json, "dropped", NULL));
        assert_int_equal(pool_number(json, "err"),
                         number(json, "incidents", "pool_empty", "count", NULL));
        assert_int_equal(number(json, "leaks", NULL), 0);
        json_decref(json);
    }
}

#define PARTS "replay --json --device 192.0.2.1 --pool-count 9 --pool-size 64 "

/* Datagrams that never become whole, of 4 elements each, between frames of 6: a pool of 9 serves
 * the next frame only when the datagram is given up, else the receiver would wait for ever. */
static void datagrams_that_stay_incomplete_give_way_to_new_frames(void **state)
{
    (void)state;
    const packet_t large = packet_udp_frame(6 * 64 - 14 - 20 - 8, 99);
    const writer_t writer = create("parts.pcap", DLT_EN10MB);
    for (size_t id = 1; id <= 200; ++id) {
        packet_t part = packet_payload(160);
        packet_ipv4_fragment(&part, PACKET_UDP, id, 0x2000);
        packet_ethernet(&part, 0x0800);
        add(&writer, &part);
        add(&writer, &large);
    }
    finish(&writer);
    for (int threads = 0; threads < 2; ++threads) {
        run(threads == 0 ? PARTS "--threads 0 parts.pcap" : PARTS "--threads 1 parts.pcap");
        assert_status(0);
        json_t *const json = report();
        assert_int_equal(number(json, "handled", NULL), 400);
        assert_int_equal(number(json, "dropped", NULL), 0);
        assert_int_equal(pool_number(json, "err"), 0);
        assert_int_equal(number(json, "datagrams", "incomplete", NULL), 200);
        assert_int_equal(number(json, "checksums", "udp", "absent", NULL), 200);
        assert_int_equal(number(json, "checksums", "udp", "good", NULL), 200);
        assert_int_equal(number(json, "leaks", NULL), 0);
        json_decref(json);
    }
}

static void the_table_and_the_json_say_the_same(void **state)
{
    (void)state;
    write_udp("table.pcap", 12, 0, 10);
    run("replay table.pcap");
    assert_status(0);
    assert_non_null(strstr(last.out, "table.pcap: Ethernet"));
    assert_non_null(strstr(last.out, "    in the capture                   12\n"));
    assert_non_null(strstr(last.out, "    udp                              12          0"));
    assert_non_null(strstr(last.out, "    PBUF_POOL "));
    assert_non_null(strstr(last.out, "  leaks 0, faults 0, "));
    run("replay --json table.pcap");
    json_t *const json = report();
    assert_true(json_is_object(json));
    assert_int_equal(number(json, "packets", NULL), 12);
    assert_int_equal(number(json, "protocols", "udp", NULL), 12);
    assert_int_equal(number(json, "checksums", "udp", "good", NULL), 12);
    assert_int_equal(number(json, "heap", "used", NULL), 0);
    json_decref(json);
}

/* The reason that a report gives for a capture that is not complete. */
static void assert_error(const json_t *json, const char *expected)
{
    assert_true(json_is_false(json_object_get(json, "complete")));
    const char *const error = json_string_value(json_object_get(json, "error"));
    assert_non_null(error);
    assert_non_null(strstr(error, expected));
}

static void several_captures_give_an_array_and_the_worst_status(void **state)
{
    (void)state;
    write_udp("one.pcap", 1, 5, 0);
    write_udp("two.pcap", 2, 5, 0);
    run("replay --json one.pcap two.pcap one.pcap");
    assert_status(0);
    json_t *const json = report();
    assert_int_equal(json_array_size(json), 3);
    static const json_int_t packets[] = {1, 2, 1};
    for (size_t i = 0; i < 3; ++i) {
        assert_int_equal(number(json_array_get(json, i), "packets", NULL), packets[i]);
    }
    json_decref(json);
    run("replay one.pcap missing.pcap two.pcap");
    assert_status(2);
    assert_message("missing.pcap: No such file");
    assert_non_null(strstr(last.out, "two.pcap: "));
}

static void the_json_of_several_captures_has_an_entry_for_each_in_order(void **state)
{
    (void)state;
    write_udp("one.pcap", 1, 5, 0);
    write_file("text", "this is some text, and no capture at all", 40);
    run("replay --json missing.pcap one.pcap text");
    assert_status(2);
    json_t *const json = report();
    assert_int_equal(json_array_size(json), 3);
    assert_error(json_array_get(json, 0), "No such file");
    assert_string_equal(json_string_value(json_object_get(json_array_get(json, 0), "file")),
                        "missing.pcap");
    assert_int_equal(number(json_array_get(json, 1), "packets", NULL), 1);
    assert_null(json_object_get(json_array_get(json, 1), "error"));
    assert_error(json_array_get(json, 2), "not a capture");
    json_decref(json);
}

static void standard_input_is_a_capture_named_by_a_dash(void **state)
{
    (void)state;
    write_udp("stdin.pcap", 4, 5, 0);
    run("replay --json - <stdin.pcap");
    assert_status(0);
    json_t *const json = report();
    assert_int_equal(number(json, "packets", NULL), 4);
    json_decref(json);
}

/* --- bad input -------------------------------------------------------------------------------- */

static void what_is_no_capture_is_refused_by_name(void **state)
{
    (void)state;
    write_file("empty", "", 0);
    run("replay empty");
    assert_status(2);
    assert_message("cistern: empty: not a capture");
    write_file("text", "this is some text, and no capture at all", 40);
    run("replay --json text");
    assert_status(2);
    assert_message("cistern: text: not a capture");
    json_t *const json = report();
    assert_error(json, "not a capture");
    json_decref(json);
    run("replay .");
    assert_status(2);
    assert_message("cistern: .: ");
}

static void a_capture_without_packets_runs_and_says_so(void **state)
{
    (void)state;
    write_udp("none.pcap", 0, 0, 0);
    run("replay --json none.pcap");
    assert_status(0);
    json_t *const json = report();
    assert_int_equal(number(json, "packets", NULL), 0);
    assert_int_equal(number(json, "handled", NULL), 0);
    json_decref(json);
}

static void a_truncated_capture_is_replayed_as_far_as_it_goes(void **state)
{
    (void)state;
    write_udp("whole.pcap", 3, 100, 0);
    FILE *const file = fopen(path_of("whole.pcap"), "rb");
    static uint8_t bytes[4096];
    const size_t length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    write_file("cut.pcap", bytes, length - 50);
    for (int threads = 0; threads < 2; ++threads) {
        run(threads == 0 ? "replay --json --threads 0 cut.pcap"
                         : "replay --json --threads 1 cut.pcap");
        assert_status(2);
        assert_message("cistern: cut.pcap: packet 3: ");
        json_t *const json = report();
        assert_int_equal(number(json, "packets", NULL), 2);
        assert_int_equal(number(json, "handled", NULL), 2);
        assert_error(json, "packet 3: ");
        assert_int_equal(number(json, "leaks", NULL), 0);
        json_decref(json);
    }
}

static void a_corrupt_record_length_names_the_packet(void **state)
{
    (void)state;
    write_udp("sound.pcap", 2, 100, 0);
    FILE *const file = fopen(path_of("sound.pcap"), "rb");
    static uint8_t bytes[4096];
    const size_t length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    const size_t second = 24 + 16 + 142; /* file header, record header, frame */
    memset(bytes + second + 8, 0x7f, 4); /* captured length */
    write_file("corrupt.pcap", bytes, length);
    run("replay corrupt.pcap");
    assert_status(2);
    assert_message("cistern: corrupt.pcap: packet 2: ");
}

static void an_unknown_link_type_is_refused_by_name(void **state)
{
    (void)state;
    const writer_t usb = create("usb.pcap", DLT_USB_LINUX);
    finish(&usb);
    run("replay usb.pcap");
    assert_status(2);
    assert_message("cistern: usb.pcap: packet 1: link type 189 (USB_LINUX) is not supported; "
                   "supported are Ethernet, raw IP");
    write_file("odd.pcap", "\xd4\xc3\xb2\xa1\2\0\4\0\0\0\0\0\0\0\0\0\0\0\4\0\xe7\3\0\0", 24);
    run("replay odd.pcap");
    assert_status(2);
    assert_message("cistern: odd.pcap: packet 1: link type 999 (no name) is unknown; ");
}

static void frames_cut_by_the_snap_length_are_counted_with_the_first_named(void **state)
{
    (void)state;
    const packet_t packet = packet_udp_frame(200, 99);
    const writer_t writer = create("snap.pcap", DLT_EN10MB);
    add(&writer, &packet);
    add_part(&writer, packet.bytes, 96, packet.length);
    add_part(&writer, packet.bytes, 12, packet.length);
    finish(&writer);
    run("replay --json snap.pcap");
    assert_status(0);
    assert_message("cistern: snap.pcap: packet 2: cut by the snap length (2 in all)");
    json_t *const json = report();
    assert_int_equal(number(json, "checksums", "udp", "good", NULL), 1);
    assert_int_equal(number(json, "checksums", "udp", "absent", NULL), 1);
    assert_int_equal(number(json, "incidents", "cut", "first", NULL), 2);
    json_decref(json);
}

static void a_malformed_packet_is_named_and_the_run_goes_on(void **state)
{
    (void)state;
    packet_t packet = packet_udp_frame(50, 99);
    const writer_t writer = create("bad.pcap", DLT_EN10MB);
    add(&writer, &packet);
    packet_set_u16(&packet, 14 + 2, 1500);
    add(&writer, &packet);
    packet.bytes[14] = 0x4f;
    add(&writer, &packet);
    finish(&writer);
    run("replay bad.pcap");
    assert_status(0);
    assert_message("cistern: bad.pcap: packet 2: malformed");
}

static void a_frame_longer_than_a_packet_buffer_is_dropped_and_named(void **state)
{
    (void)state;
    static uint8_t bytes[65536];
    const writer_t writer = create("long.pcap", DLT_EN10MB);
    add_part(&writer, bytes, 65535, 65535);
    add_part(&writer, bytes, 65536, 65536);
    add_part(&writer, bytes, 0, 0);
    finish(&writer);
    run("replay --json long.pcap");
    assert_status(0);
    json_t *const json = report();
    assert_int_equal(number(json, "handled", NULL), 2);
    assert_int_equal(number(json, "incidents", "too_long", "count", NULL), 1);
    assert_int_equal(number(json, "incidents", "too_long", "first", NULL), 2);
    assert_int_equal(pool_number(json, "err"), 0);
    json_decref(json);
}

/* --- leaks and faults ------------------------------------------------------------------------- */

static void a_leak_is_counted_and_gives_status_3(void **state)
{
    (void)state;
    write_udp("leak.pcap", 5, 3000, 0); /* 3042 bytes: three elements each */
    for (int threads = 0; threads < 2; ++threads) {
        setenv("CISTERN_TEST_MISUSE", "leak", 1);
        run_program(CISTERN_MISUSE, threads == 0 ? "replay --json --flood --threads 0 leak.pcap"
                                                 : "replay --json --device 192.0.2.1 leak.pcap");
        unsetenv("CISTERN_TEST_MISUSE");
        assert_status(3);
        assert_message("cistern: leak.pcap: 3 elements and blocks leaked, 0 faults");
        json_t *const json = report();
        assert_int_equal(number(json, "leaks", NULL), 3);
        assert_int_equal(pool_number(json, "used"), 3);
        json_decref(json);
    }
}

static void a_fault_is_reported_and_gives_status_3(void **state)
{
    (void)state;
    write_udp("fault.pcap", 5, 30, 0);
    setenv("CISTERN_TEST_MISUSE", "free twice", 1);
    run_program(CISTERN_MISUSE, "replay --json --device 192.0.2.1 --threads 0 fault.pcap");
    unsetenv("CISTERN_TEST_MISUSE");
    assert_status(3);
    json_t *const json = report();
    assert_int_equal(number(json, "faults", NULL), 1);
    assert_int_equal(number(json, "leaks", NULL), 0);
    assert_int_equal(number(json, "handled", NULL), 4);
    json_decref(json);
}

static void what_a_run_leaves_behind_does_not_count_against_the_next(void **state)
{
    (void)state;
    write_udp("leak.pcap", 5, 3000, 0);
    write_udp("short.pcap", 1, 5, 0);
    setenv("CISTERN_TEST_MISUSE", "leak", 1);
    run_program(CISTERN_MISUSE, "replay --json --device 192.0.2.1 leak.pcap short.pcap");
    unsetenv("CISTERN_TEST_MISUSE");
    assert_status(3);
    json_t *const json = report();
    assert_int_equal(number(json_array_get(json, 0), "leaks", NULL), 3);
    assert_int_equal(number(json_array_get(json, 1), "leaks", NULL), 0);
    json_decref(json);
}

static void what_the_host_lacks_is_said_with_the_option_that_needs_less(void **state)
{
    (void)state;
    write_udp("lack.pcap", 5, 30, 0);
    setenv("CISTERN_TEST_MISUSE", "no memory", 1);
    run_program(CISTERN_MISUSE, "replay --json lack.pcap");
    assert_status(1);
    assert_message("lower --pool-count, --pool-size or --heap");
    assert_string_equal(last.out, "");
    setenv("CISTERN_TEST_MISUSE", "no thread", 1);
    run_program(CISTERN_MISUSE, "replay --json lack.pcap");
    assert_status(2);
    assert_message("cistern: lack.pcap: no thread could be started; --threads 0 needs none");
    json_t *const json = report();
    assert_error(json, "--threads 0");
    json_decref(json);
    run_program(CISTERN_MISUSE, "replay --json --threads 0 lack.pcap");
    assert_status(0);
    unsetenv("CISTERN_TEST_MISUSE");
}

static void a_report_that_cannot_be_written_is_an_error(void **state)
{
    (void)state;
    write_udp("full.pcap", 1, 5, 0);
    run("replay full.pcap >/dev/full");
    assert_status(1);
    assert_message("cistern: the output could not be written");
    run("replay --json full.pcap >/dev/full");
    assert_status(1);
    assert_message("cistern: the output could not be written");
    run("--help >/dev/full");
    assert_status(1);
    assert_message("cistern: the output could not be written");
    run("--version >/dev/full");
    assert_status(1);
    assert_message("cistern: the output could not be written");
}

/* --- command line ----------------------------------------------------------------------------- */

static void bad_command_lines_are_refused_in_one_line(void **state)
{
    (void)state;
    write_udp("ok.pcap", 1, 5, 0);
    static const char *const bad[][2] = {
        {"", "a command is missing"},
        {"play ok.pcap", "'play' is not a command"},
        {"replay", "needs a capture"},
        {"replay --pool-count 0 ok.pcap", "--pool-count must be"},
        {"replay --pool-count 1000001 ok.pcap", "--pool-count must be"},
        {"replay --pool-count -1 ok.pcap", "--pool-count must be"},
        {"replay --pool-count 4x ok.pcap", "--pool-count must be"},
        {"replay --pool-count '' ok.pcap", "--pool-count must be"},
        {"replay --pool-count 99999999999999999999 ok.pcap", "--pool-count must be"},
        {"replay --pool-size 15 ok.pcap", "--pool-size must be"},
        {"replay --pool-size 65529 ok.pcap", "--pool-size must be"},
        {"replay --pool-count 1000000 --pool-size 65528 ok.pcap", "more than 1 GiB"},
        {"replay --heap 255 ok.pcap", "--heap must be"},
        {"replay --threads 2 ok.pcap", "--threads must be"},
        {"replay - ok.pcap - <ok.pcap", "standard input can be replayed only once"},
        {"replay --colour ok.pcap", "'--colour' is unknown or ambiguous; see cistern --help"},
        {"replay --pool 5 ok.pcap", "'--pool' is unknown or ambiguous; see cistern --help"},
        {"replay -vx ok.pcap", "option '-v' is unknown; see cistern --help"},
        {"replay --drop=1 ok.pcap", "'--drop=1' takes no value; see cistern --help"},
        {"replay --heap", "cistern: option '--heap' needs a value; see cistern --help"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; ++i) {
        run(bad[i][0]);
        assert_status(1);
        assert_message(bad[i][1]);
        assert_string_equal(last.out, "");
    }
}

static void assert_handles_5(const char *arguments)
{
    run(arguments);
    assert_status(0);
    json_t *const json = report();
    assert_int_equal(number(json, "handled", NULL), 5);
    json_decref(json);
}

static void options_are_read_at_any_place_whatever_the_environment(void **state)
{
    (void)state;
    write_udp("ok.pcap", 5, 5, 0);
    static const char *const orders[] = {"--json replay ok.pcap", "replay --json ok.pcap",
                                         "replay ok.pcap --json"};
    setenv("POSIXLY_CORRECT", "1", 1);
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; ++i) {
        assert_handles_5(orders[i]);
    }
    unsetenv("POSIXLY_CORRECT");
}

static void the_smallest_and_largest_options_work(void **state)
{
    (void)state;
    write_udp("ok.pcap", 5, 5, 0);
    static const char *const good[] = {
        "replay --json --pool-count 1 --pool-size 65528 --heap 256 ok.pcap",
        "replay --json --pool-count 1000000 --pool-size 16 --threads 0 ok.pcap",
        "replay --json --pool-count 4 --pool-size 16 ok.pcap",
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; ++i) {
        assert_handles_5(good[i]);
    }
}

static void help_and_version_go_to_stdout(void **state)
{
    (void)state;
    run("--help");
    assert_status(0);
    assert_string_equal(last.err, "");
    static const char *const words[] = {"replay",    "--pool-count", "--pool-size", "--heap",
                                        "--threads", "--drop",       "--json",      "EXIT STATUS"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; ++i) {
        assert_non_null(strstr(last.out, words[i]));
    }
    run("--version");
    assert_status(0);
    assert_memory_equal(last.out, "cistern ", 8);
}

/* --- one device, in virtual time -------------------------------------------------------------- */

static void a_run_gives_the_same_numbers_each_time_with_and_without_threads(void **state)
{
    (void)state;
    static const char *const options[] = {"", "--drop --pool-count 2 --service 3000",
                                          "--drop --pool-count 3 --link-rate 100000"};
    for (size_t i = 0; i < sizeof options / sizeof options[0]; ++i) {
        static char first[TEXT_SIZE];
        for (int round = 0; round < 6; ++round) {
            char arguments[256];
            snprintf(arguments, sizeof arguments,
                     "replay --json --threads %d %s %s/http.pcap 2>&1 | grep -v "
                     "'\"seconds\"\\|\"threads\"'",
                     round % 2, options[i], CISTERN_SAMPLES);
            run(arguments);
            if (round == 0) {
                strcpy(first, last.out);
                assert_non_null(strstr(first, "\"packets\": 585"));
            } else if (strcmp(first, last.out) != 0) {
                fail_msg("round %d differs: %s", round, options[i]);
            }
        }
    }
}

/* Frames to the device every millisecond that take three to process: the queue grows by two thirds
 * of a frame each time. */
static void frames_wait_for_the_service_time_and_are_dropped_when_the_pool_is_empty(void **state)
{
    (void)state;
    const writer_t writer = create("paced.pcap", DLT_EN10MB);
    for (unsigned i = 0; i < 9; ++i) {
        const packet_t packet = packet_udp_frame(20, 99);
        const struct pcap_pkthdr header = {.ts = {.tv_sec = 1, .tv_usec = 1000 * i},
                                           .caplen = (bpf_u_int32)packet.length,
                                           .len = (bpf_u_int32)packet.length};
        pcap_dump((u_char *)writer.dumper, &header, packet.bytes);
    }
    finish(&writer);
    run("replay --json --device 192.0.2.1 --service 3000 paced.pcap");
    assert_status(0);
    json_t *json = report();
    assert_int_equal(pool_number(json, "max"), 7);
    assert_int_equal(number(json, "received", NULL), 9);
    json_decref(json);
    run("replay --json --drop --pool-count 2 --device 192.0.2.1 --service 3000 paced.pcap");
    assert_status(0);
    json = report();
    assert_int_equal(pool_number(json, "max"), 2);
    assert_int_equal(number(json, "dropped", NULL), 5);
    assert_int_equal(number(json, "incidents", "pool_empty", "first", NULL), 3);
    json_decref(json);
}

static void what_the_device_sent_takes_nothing_of_its_pool(void **state)
{
    (void)state;
    write_udp("sent.pcap", 5, 100, 1);
    run("replay --json --device 192.0.2.2 --service 1000000 sent.pcap");
    assert_status(0);
    json_t *const json = report();
    assert_int_equal(number(json, "sent", NULL), 5);
    assert_int_equal(number(json, "handled", NULL), 5);
    assert_int_equal(number(json, "checksums", "udp", "good", NULL), 5);
    assert_int_equal(pool_number(json, "max"), 0);
    json_decref(json);
}

static void damaged_and_gratuitous_requests_are_not_answered(void **state)
{
    (void)state;
    static const char *const files[] = {"ping-bad-ip-checksum.pcap", "gratuitous-arp.pcap"};
    for (size_t i = 0; i < 2; ++i) {
        char arguments[256];
        snprintf(arguments, sizeof arguments, "replay --json --flood %s/%s", CISTERN_CAPTURES,
                 files[i]);
        run(arguments);
        assert_status(0);
        json_t *const json = report();
        assert_int_equal(number(json, "handled", NULL), 1);
        assert_int_equal(number(json, "answers", "icmp_echo", NULL), 0);
        assert_int_equal(number(json, "answers", "arp", NULL), 0);
        json_decref(json);
    }
}

static void interfaces_of_different_snap_lengths_and_pppoe_are_read(void **state)
{
    (void)state;
    char arguments[256];
    snprintf(arguments, sizeof arguments,
             "replay --json %s/mergecap-two-snaplens.pcapng %s/pppoe-udp.pcap", CISTERN_CAPTURES,
             CISTERN_CAPTURES);
    run(arguments);
    assert_status(0);
    json_t *const json = report();
    assert_int_equal(number(json_array_get(json, 0), "packets", NULL), 2);
    assert_int_equal(number(json_array_get(json, 1), "checksums", "udp", "good", NULL), 1);
    assert_int_equal(number(json_array_get(json, 1), "protocols", "pppoe", NULL), 1);
    json_decref(json);
}

static void a_compressed_capture_is_the_same_capture(void **state)
{
    (void)state;
    static char plain[TEXT_SIZE];
    char arguments[512];
    for (int compressed = 0; compressed < 2; ++compressed) {
        snprintf(arguments, sizeof arguments,
                 "--version >/dev/null; %s %s/http.pcap > packed.pcap && %s replay --json "
                 "packed.pcap | grep -v seconds",
                 compressed != 0 ? "gzip -c" : "cat", CISTERN_SAMPLES, CISTERN_PROGRAM);
        run(arguments);
        if (compressed == 0) {
            strcpy(plain, last.out);
        }
        assert_string_equal(plain, last.out);
    }
    write_file("damaged.gz", "\x1f\x8b\x08\0\0\0\0\0\0\3 no deflate", 22);
    run("replay damaged.gz");
    assert_status(2);
    assert_message("damaged.gz: not a capture: damaged gzip data");
}

static void a_filter_passes_only_what_it_says_and_keeps_the_numbers(void **state)
{
    (void)state;
    char arguments[256];
    snprintf(arguments, sizeof arguments, "replay --json -f arp %s/http.pcap", CISTERN_SAMPLES);
    run(arguments);
    assert_status(0);
    json_t *const json = report();
    assert_int_equal(number(json, "handled", NULL), 2);
    assert_int_equal(number(json, "packets", NULL), 585);
    assert_int_equal(number(json, "filtered", NULL), 583);
    json_decref(json);
    snprintf(arguments, sizeof arguments, "replay -f 'no such' %s/http.pcap", CISTERN_SAMPLES);
    run(arguments);
    assert_status(2);
    assert_message("filter 'no such': ");
}

static void a_signal_ends_a_live_pipe_with_the_report(void **state)
{
    (void)state;
    write_udp("live.pcap", 7, 30, 0);
    run("--version >/dev/null; (cat live.pcap; exec sleep 3) | { exec 3<&0; " CISTERN_PROGRAM
        " replay --json - <&3 & child=$!; sleep 1; kill -INT $child; wait $child; }");
    assert_status(0);
    json_t *const json = report();
    assert_int_equal(number(json, "handled", NULL), 7);
    json_decref(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sample_is_handled_whole_with_and_without_threads),
        cmocka_unit_test(a_pool_too_small_drops_exactly_what_it_cannot_hold),
        cmocka_unit_test(a_frame_that_just_fits_the_pool_is_kept_and_one_byte_more_dropped),
        cmocka_unit_test(dropping_accounts_for_every_packet),
        cmocka_unit_test(datagrams_that_stay_incomplete_give_way_to_new_frames),
        cmocka_unit_test(the_table_and_the_json_say_the_same),
        cmocka_unit_test(several_captures_give_an_array_and_the_worst_status),
        cmocka_unit_test(the_json_of_several_captures_has_an_entry_for_each_in_order),
        cmocka_unit_test(standard_input_is_a_capture_named_by_a_dash),
        cmocka_unit_test(what_is_no_capture_is_refused_by_name),
        cmocka_unit_test(a_capture_without_packets_runs_and_says_so),
        cmocka_unit_test(a_truncated_capture_is_replayed_as_far_as_it_goes),
        cmocka_unit_test(a_corrupt_record_length_names_the_packet),
        cmocka_unit_test(an_unknown_link_type_is_refused_by_name),
        cmocka_unit_test(frames_cut_by_the_snap_length_are_counted_with_the_first_named),
        cmocka_unit_test(a_malformed_packet_is_named_and_the_run_goes_on),
        cmocka_unit_test(a_frame_longer_than_a_packet_buffer_is_dropped_and_named),
        cmocka_unit_test(a_leak_is_counted_and_gives_status_3),
        cmocka_unit_test(a_fault_is_reported_and_gives_status_3),
        cmocka_unit_test(what_a_run_leaves_behind_does_not_count_against_the_next),
        cmocka_unit_test(what_the_host_lacks_is_said_with_the_option_that_needs_less),
        cmocka_unit_test(a_report_that_cannot_be_written_is_an_error),
        cmocka_unit_test(bad_command_lines_are_refused_in_one_line),
        cmocka_unit_test(options_are_read_at_any_place_whatever_the_environment),
        cmocka_unit_test(the_smallest_and_largest_options_work),
        cmocka_unit_test(help_and_version_go_to_stdout),
        cmocka_unit_test(a_run_gives_the_same_numbers_each_time_with_and_without_threads),
        cmocka_unit_test(frames_wait_for_the_service_time_and_are_dropped_when_the_pool_is_empty),
        cmocka_unit_test(what_the_device_sent_takes_nothing_of_its_pool),
        cmocka_unit_test(damaged_and_gratuitous_requests_are_not_answered),
        cmocka_unit_test(interfaces_of_different_snap_lengths_and_pppoe_are_read),
        cmocka_unit_test(a_compressed_capture_is_the_same_capture),
        cmocka_unit_test(a_filter_passes_only_what_it_says_and_keeps_the_numbers),
        cmocka_unit_test(a_signal_ends_a_live_pipe_with_the_report),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
