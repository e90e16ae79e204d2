/* SPDX-License-Identifier: BSD-3-Clause */
/* `cistern size --hci` on captures that are made by hand here: btsnoop, and pcap with and without
 * direction. */
#include "support.h"

#include <string.h>

#include "tool/program.h"

enum { ROOM = 65536, SENT = 0, RECEIVED = 1, COMMAND = 1, ACL = 2, EVENT = 4, HANDLE = 0x40 };

typedef enum format { SNOOP, PCAP, PCAP_DIRECTION } format_t;

/* A capture as it grows: a packet each 100 microseconds. */
static struct {
    format_t format;
    uint8_t bytes[ROOM];
    size_t length;
    uint64_t stamp; /* microseconds since 1970 */
} capture;

static void put(uint32_t value, size_t bytes, bool big)
{
    for (size_t i = 0; i < bytes; ++i) {
        const size_t shift = 8 * (big ? bytes - 1 - i : i);
        assert_in_range(capture.length, 0, ROOM - 1);
        capture.bytes[capture.length++] = (uint8_t)(value >> shift);
    }
}

static void put_all(const void *bytes, size_t length)
{
    assert_in_range(capture.length + length, 0, ROOM);
    memcpy(capture.bytes + capture.length, bytes, length);
    capture.length += length;
}

static void begin(format_t format)
{
    capture.format = format;
    capture.length = 0;
    capture.stamp = 1700000000000000U;
    if (format == SNOOP) {
        put_all("btsnoop", 8);
        put(1, 4, true);
        put(1002, 4, true);
        return;
    }
    put(0xa1b2c3d4U, 4, false);
    put(4U << 16 | 2U, 4, false);
    put(0, 4, false);
    put(0, 4, false);
    put(65535, 4, false);
    put(format == PCAP ? 187 : 201, 4, false);
}

static void packet(uint32_t direction, uint8_t type, const void *bytes, size_t length)
{
    const uint32_t whole = (uint32_t)length + (capture.format == PCAP_DIRECTION ? 5U : 1U);
    capture.stamp += 100;
    if (capture.format == SNOOP) {
        const uint64_t stamp = capture.stamp + 0x00dcddb30f2f8000U;
        put(whole, 4, true);
        put(whole, 4, true);
        put(direction, 4, true);
        put(0, 4, true);
        put((uint32_t)(stamp >> 32), 4, true);
        put((uint32_t)stamp, 4, true);
    } else {
        put((uint32_t)(capture.stamp / 1000000U), 4, false);
        put((uint32_t)(capture.stamp % 1000000U), 4, false);
        put(whole, 4, false);
        put(whole, 4, false);
        if (capture.format == PCAP_DIRECTION) {
            put(direction, 4, true);
        }
    }
    put(type, 1, false);
    put_all(bytes, length);
}

static void event(const char *bytes, size_t length)
{
    packet(RECEIVED, EVENT, bytes, length);
}

/* A fragment: of a frame of `whole` bytes when it starts one, else a part of it. */
static void data(uint32_t direction, bool starts, uint16_t length, uint16_t whole)
{
    static uint8_t bytes[1024];
    const uint16_t kind = !starts ? 1 : direction == RECEIVED ? 2 : 0;
    const uint16_t handle = (uint16_t)(HANDLE | kind << 12);
    memset(bytes, 0, sizeof bytes);
    bytes[0] = (uint8_t)handle;
    bytes[1] = (uint8_t)(handle >> 8);
    bytes[2] = (uint8_t)length;
    bytes[3] = (uint8_t)(length >> 8);
    if (starts) {
        bytes[4] = (uint8_t)whole;
        bytes[5] = (uint8_t)(whole >> 8);
        bytes[6] = 4;
    }
    packet(direction, ACL, bytes, 4U + length);
}

static void connect_and_exchange(void)
{
    event("\x3e\x13\x01\x00\x40\x00\x00\x00\x01\x02\x03\x04\x05\x06\x18\x00\x00\x00\x48\x00\x00",
          21);
    capture.stamp += 10000;
    data(RECEIVED, true, 27, 60); /* 64 bytes with the L2CAP header */
    data(RECEIVED, false, 27, 0);
    data(RECEIVED, false, 10, 0); /* whole */
    capture.stamp += 10000;
    data(RECEIVED, true, 11, 7); /* whole at once */
    data(SENT, true, 27, 23);
    data(SENT, true, 27, 23);
    data(SENT, true, 200, 196);
    event("\x13\x05\x01\x40\x00\x02\x00", 7); /* two are completed */
    data(SENT, true, 27, 23);
    event("\x13\x05\x01\x40\x00\x02\x00", 7);
    capture.stamp += 10000;
    event("\x3e\x0c\x02\x01\x00\x00\x01\x02\x03\x04\x05\x06\x00\xc0", 14); /* reports */
    event("\x3e\x0c\x02\x01\x00\x00\x01\x02\x03\x04\x05\x06\x00\xc0", 14);
    event("\x3e\x0c\x02\x01\x00\x00\x01\x02\x03\x04\x05\x06\x00\xc0", 14);
    capture.stamp += 10000;
    event("\x05\x04\x00\x40\x00\x13", 6);
}

static void save(const char *name, size_t length)
{
    FILE *const file = fopen(path_of(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(capture.bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static json_int_t needed(const json_t *json, const char *name)
{
    const json_t *const pools = json_object_get(json, "pools");
    for (size_t i = 0; i < json_array_size(pools); ++i) {
        const json_t *const entry = json_array_get(pools, i);
        if (strcmp(json_string_value(json_object_get(entry, "name")), name) == 0) {
            const bool taken = number(entry, "needed", NULL) != 0;
            assert_int_equal(number(entry, "one_less_fails_at", NULL) != 0, taken);
            return number(entry, "needed", NULL);
        }
    }
    fail_msg("no pool %s", name);
    return 0;
}

static void check_pools(const char *arguments)
{
    run(arguments);
    assert_status(0);
    json_t *const json = report();
    assert_int_equal(needed(json, "ACL from controller"), 3);
    assert_int_equal(needed(json, "discardable events"), 3);
    assert_int_equal(needed(json, "events"), 2);
    assert_int_equal(needed(json, "connections"), 1);
    assert_int_equal(number(json, "largest_acl", NULL), 31);
    assert_int_equal(number(json, "largest_event", NULL), 21);
    /* 16 of struct os_mbuf, 8 of its packet header, 4 of the HCI header: two of 27 bytes and one of
     * 200 at once. */
    const json_t *const msys = json_object_get(json, "msys");
    assert_int_equal(json_array_size(msys), 2);
    assert_int_equal(number(json_array_get(msys, 0), "size", NULL), 56);
    assert_int_equal(number(json_array_get(msys, 0), "count", NULL), 2);
    assert_int_equal(number(json_array_get(msys, 1), "size", NULL), 228);
    assert_int_equal(number(json_array_get(msys, 1), "count", NULL), 1);
    json_decref(json);
}

static void pools_of_a_host_are_sized_from_btsnoop(void **state)
{
    (void)state;
    begin(SNOOP);
    connect_and_exchange();
    save("a.btsnoop", capture.length);
    check_pools("size --hci --json a.btsnoop");
    run("size --hci a.btsnoop");
    assert_status(0);
    assert_non_null(strstr(last.out, "BLE_TRANSPORT_ACL_FROM_LL_COUNT: 3"));
    run("size --hci --format syscfg - <a.btsnoop");
    assert_status(0);
    assert_non_null(strstr(last.out, "MSYS_2_BLOCK_SIZE: 228"));
}

static void pcap_with_and_without_direction_gives_the_same(void **state)
{
    (void)state;
    begin(PCAP_DIRECTION);
    connect_and_exchange();
    save("b.pcap", capture.length);
    check_pools("size --hci --json b.pcap");
    begin(PCAP);
    connect_and_exchange();
    save("c.pcap", capture.length);
    check_pools("size --hci --json c.pcap");
    run("size --json c.pcap");
    assert_status(2);
    assert_non_null(strstr(last.err, "is not supported"));
}

static void damaged_captures_are_read_as_far_as_they_go(void **state)
{
    (void)state;
    begin(SNOOP);
    connect_and_exchange();
    for (size_t length = 0; length < capture.length; length += 7) {
        save("short.btsnoop", length);
        run("size --hci --json short.btsnoop");
        assert_in_range(last.status, 0, 2);
        assert_int_not_equal(last.status, 1);
    }
    begin(SNOOP);
    capture.bytes[15] = 1; /* another link type */
    save("other.btsnoop", capture.length);
    run("size --hci other.btsnoop");
    assert_status(2);
    assert_message("only 1002 (H4)");
    run("size --hci " CISTERN_SAMPLES "/coap.pcap");
    assert_status(2);
    assert_message("supported are btsnoop");
}

static void options_of_lwip_are_refused(void **state)
{
    (void)state;
    run("size --hci --device 10.0.0.1 a.btsnoop");
    assert_status(1);
    assert_message("--hci goes with");
    run("size --hci --format lwipopts a.btsnoop");
    assert_status(1);
    assert_message("--hci goes with");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pools_of_a_host_are_sized_from_btsnoop),
        cmocka_unit_test(pcap_with_and_without_direction_gives_the_same),
        cmocka_unit_test(damaged_captures_are_read_as_far_as_they_go),
        cmocka_unit_test(options_of_lwip_are_refused),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
