/* SPDX-License-Identifier: BSD-3-Clause */
/* options.c - the command line and its manual. */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lwip/arch.h"
#include "lwip/opt.h"
#include "survey.h"

/* Defaults: a full Ethernet frame fits one element, and the longest frame fits the pool. */
enum {
    POOL_COUNT = 64,
    POOL_COUNT_MAX = 1000000,
    POOL_SIZE = 1520,
    POOL_SIZE_MIN = 16,
    POOL_SIZE_MAX = 65528,
    HEAP_SIZE = 16384,
    HEAP_MIN = 256,
    POOL_BYTES_MAX = 1 << 30 /* of payload in the whole pool */
};

static const char help_text[] =
    "NAME\n"
    "    cistern - run network traffic through packet buffers, pools and a heap\n"
    "\n"
    "SYNOPSIS\n"
    "    cistern replay [OPTION]... FILE...\n"
    "    cistern size [OPTION]... FILE...\n"
    "    cistern --help | --version\n"
    "\n"
    "DESCRIPTION\n"
    "    Replays captures (pcap, pcapng, gzip) as a small device would meet them. A receiver "
    "copies\n"
    "    each frame into a chain of PBUF_POOL elements and posts it to a mailbox; a worker takes\n"
    "    it, parses it, verifies every checksum, answers ARP requests, ICMP and UDP echo, and\n"
    "    frees it. One table per capture says what was seen, and what it took of each pool and of\n"
    "    the heap. A FILE of - is standard input.\n"
    "\n"
    "    Only frames toward one device take elements, from their stamp until the device has\n"
    "    processed them; a run gives the same numbers each time. IP fragments are put together\n"
    "    to verify the checksum of the whole, at most 4 datagrams at a time. A checksum counts as\n"
    "    absent when it was not sent, or when bytes that it covers are missing.\n"
    "\n"
    "    A FILE may also be a trace that a program made of its own pools and heaps "
    "(CISTERN_TRACE):\n"
    "    then its events go through pools and heaps of the program's sizes.\n"
    "\n"
    "    cistern size derives the sizes that a device needs: see cistern size --help.\n"
    "\n"
    "OPTIONS\n"
    "    --pool-count N   elements of PBUF_POOL, 1 to 1000000 (default 64)\n"
    "    --pool-size N    bytes of payload in one element, 16 to 65528, rounded up to a multiple\n"
    "                     of 8 (default 1520); N elements of this size take 1 GiB at most\n"
    "    --heap BYTES     the heap, 256 to 1073741824 (default 16384)\n"
    "    --device ADDR    whose memory: an IPv4, IPv6 or hardware address (default: the endpoint\n"
    "                     of most conversations)\n"
    "    --service US     microseconds that the device takes to process a frame (default: from\n"
    "                     its answers in the capture)\n"
    "    --link-rate BITS per second of the device's link: frames arrive no faster\n"
    "    --drop           drop a frame when the pool is empty or 64 frames wait, as a device "
    "would.\n"
    "                     Without it the frame waits, and only one that the whole pool could not\n"
    "                     hold is dropped\n"
    "    --flood          stress: every frame is received, as fast as this host can\n"
    "    --threads 0|1    1: receiver and worker are threads (default); 0: a single loop, as on a\n"
    "                     device without an operating system\n"
    "    -f, --filter BPF only packets that the filter passes\n"
    "    --json           print JSON: one object for one FILE, an array of them for several; one\n"
    "                     for a capture that cannot be read says why in \"error\"\n"
    "    --version        print the version\n"
    "    --help           print this\n"
    "\n"
    "EXIT STATUS\n"
    "    0  everything was replayed; packets may have been dropped\n"
    "    1  bad command line, too little memory, or the output could not be written\n"
    "    2  a capture could not be replayed, or not to its end\n"
    "    3  something leaked, or the library saw misuse\n"
    "\n"
    "EXAMPLES\n"
    "    cistern replay traffic.pcap\n"
    "    cistern replay --drop --pool-count 8 --pool-size 600 traffic.pcapng\n"
    "    tcpdump -i eth0 -c 1000 -w - | cistern replay --json -\n";

enum {
    OPT_POOL_COUNT = 256,
    OPT_POOL_SIZE,
    OPT_HEAP,
    OPT_THREADS,
    OPT_DROP,
    OPT_FLOOD,
    OPT_DEVICE,
    OPT_SERVICE,
    OPT_LINK_RATE,
    OPT_JSON,
    OPT_HELP,
    OPT_VERSION
};

static const struct option long_options[] = {
    {"pool-count", required_argument, NULL, OPT_POOL_COUNT},
    {"pool-size", required_argument, NULL, OPT_POOL_SIZE},
    {"heap", required_argument, NULL, OPT_HEAP},
    {"threads", required_argument, NULL, OPT_THREADS},
    {"drop", no_argument, NULL, OPT_DROP},
    {"flood", no_argument, NULL, OPT_FLOOD},
    {"device", required_argument, NULL, OPT_DEVICE},
    {"service", required_argument, NULL, OPT_SERVICE},
    {"link-rate", required_argument, NULL, OPT_LINK_RATE},
    {"filter", required_argument, NULL, 'f'},
    {"json", no_argument, NULL, OPT_JSON},
    {"help", no_argument, NULL, OPT_HELP},
    {"version", no_argument, NULL, OPT_VERSION},
    {NULL, 0, NULL, 0},
};

void options_help(void)
{
    fputs(help_text, stdout);
}

/* Reads optarg as a number of [low, high]; says what is wrong otherwise. */
static bool read_number(const char *name, unsigned long low, unsigned long high,
                        unsigned long *number)
{
    char *end = NULL;
    errno = 0;
    *number = strtoul(optarg, &end, 10);
    if (optarg[0] < '0' || optarg[0] > '9' || *end != '\0' || errno != 0 || *number < low ||
        *number > high) {
        fprintf(stderr, "cistern: --%s must be a number from %lu to %lu, not '%s'\n", name, low,
                high, optarg);
        return false;
    }
    return true;
}

/* Says what getopt found wrong with an option. */
static void say_bad_option(int option, char *const *argv)
{
    const char *const word = argv[optind - 1];
    if (option == ':') {
        fprintf(stderr, "cistern: option '%s' needs a value; see cistern --help\n", word);
    } else if (optopt == 0) {
        fprintf(stderr, "cistern: option '%s' is unknown or ambiguous; see cistern --help\n", word);
    } else if (optopt < OPT_POOL_COUNT) { /* a letter, of a word that getopt may not be done with */
        fprintf(stderr, "cistern: option '-%c' is unknown; see cistern --help\n", optopt);
    } else {
        fprintf(stderr, "cistern: option '%s' takes no value; see cistern --help\n", word);
    }
}

/* Stores one option; false when it is wrong. */
static bool store_option(options_t *options, int option, char *const *argv)
{
    unsigned long number = 0;
    switch (option) {
    case OPT_POOL_COUNT:
        if (!read_number("pool-count", 1, POOL_COUNT_MAX, &number)) {
            return false;
        }
        options->pool_count = number;
        return true;
    case OPT_POOL_SIZE:
        if (!read_number("pool-size", POOL_SIZE_MIN, POOL_SIZE_MAX, &number)) {
            return false;
        }
        options->pool_size = (uint16_t)LWIP_MEM_ALIGN_SIZE(number);
        return true;
    case OPT_HEAP:
        if (!read_number("heap", HEAP_MIN, MEM_SIZE, &number)) {
            return false;
        }
        options->heap = number;
        return true;
    case OPT_THREADS:
        if (!read_number("threads", 0, 1, &number)) {
            return false;
        }
        options->threads = number != 0;
        return true;
    case OPT_DROP:
        options->drop = true;
        return true;
    case OPT_FLOOD:
        options->flood = true;
        return true;
    case OPT_DEVICE:
        options->device = optarg;
        return device_is_address(optarg);
    case OPT_SERVICE:
        if (!read_number("service", 0, 1000000000, &number)) {
            return false;
        }
        options->service = (int64_t)number;
        return true;
    case OPT_LINK_RATE:
        if (!read_number("link-rate", 1, 1000000000000, &number)) {
            return false;
        }
        options->link_rate = number;
        return true;
    case 'f':
        options->filter = optarg;
        return true;
    case OPT_JSON:
        options->json = true;
        return true;
    default:
        say_bad_option(option, argv);
        return false;
    }
}

/* What options rule out only together. */
static bool check_options(const options_t *options)
{
    if (options->pool_count > POOL_BYTES_MAX / options->pool_size) {
        fprintf(stderr, "cistern: --pool-count %zu times --pool-size %u is more than 1 GiB\n",
                options->pool_count, (unsigned)options->pool_size);
        return false;
    }
    return true;
}

/* True if standard input is named more than once: what the first reads is gone for the next. */
static bool repeats_standard_input(const options_t *options)
{
    int times = 0;
    for (int i = 0; i < options->files; ++i) {
        times += strcmp(options->file[i], "-") == 0 ? 1 : 0;
    }
    return times > 1;
}

/* The operands: the word replay, then the captures. */
static command_t read_operands(options_t *options, int argc, char **argv)
{
    if (optind == argc) {
        fputs("cistern: a command is missing; see cistern --help\n", stderr);
        return COMMAND_ERROR;
    }
    if (strcmp(argv[optind], "replay") != 0) {
        fprintf(stderr, "cistern: '%s' is not a command; see cistern --help\n", argv[optind]);
        return COMMAND_ERROR;
    }
    options->file = argv + optind + 1;
    options->files = argc - optind - 1;
    if (options->files == 0) {
        fputs("cistern: replay needs a capture; see cistern --help\n", stderr);
        return COMMAND_ERROR;
    }
    if (repeats_standard_input(options)) {
        fputs("cistern: standard input can be replayed only once: give - one time\n", stderr);
        return COMMAND_ERROR;
    }
    return COMMAND_REPLAY;
}

command_t options_parse(options_t *options, int argc, char **argv)
{
    *options = (options_t){.pool_count = POOL_COUNT,
                           .pool_size = POOL_SIZE,
                           .heap = HEAP_SIZE,
                           .threads = true,
                           .service = -1};
    unsetenv("POSIXLY_CORRECT"); /* with it the options would end at the word replay */
    opterr = 0; /* what is wrong is said here; ":" tells a missing value from other mistakes */
    int option = getopt_long(argc, argv, ":f:", long_options, NULL);
    while (option != -1) {
        if (option == OPT_HELP || option == OPT_VERSION) {
            return option == OPT_HELP ? COMMAND_HELP : COMMAND_VERSION;
        }
        if (!store_option(options, option, argv)) {
            return COMMAND_ERROR;
        }
        option = getopt_long(argc, argv, ":f:", long_options, NULL);
    }
    return check_options(options) ? read_operands(options, argc, argv) : COMMAND_ERROR;
}
