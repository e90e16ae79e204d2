/* SPDX-License-Identifier: BSD-3-Clause */
/* size_options.c - the command line of `cistern size` and its manual. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report_page.h"
#include "size.h"
#include "survey.h"

static const char help_text[] =
    "NAME\n"
    "    cistern size - the pool and heap sizes that a device needs, from its own traffic\n"
    "\n"
    "SYNOPSIS\n"
    "    cistern size [OPTION]... FILE...\n"
    "\n"
    "DESCRIPTION\n"
    "    Reads captures (pcap, pcapng, gzip) from the point of view of one device, derives what\n"
    "    lwIP on it held at each packet, and prints the least pool counts and heap size that\n"
    "    serve the traffic, proved by replay in real pools and heaps. Where a capture cannot\n"
    "    show what was held, an interval is given and its upper end recommended. A FILE may be\n"
    "    a summary of other captures, or a trace that a program made of its own pools and heaps\n"
    "    (CISTERN_TRACE), from which the answer is exact; a FILE of - is standard input.\n"
    "\n"
    "OPTIONS\n"
    "    --device ADDR      whose memory: an IPv4, IPv6 or hardware address (default: the\n"
    "                       endpoint of most conversations, which the output names)\n"
    "    --opts FILE        lwipopts.h of the device (default: what the capture shows, then\n"
    "                       lwIP's defaults)\n"
    "    --cc COMMAND       the compiler whose preprocessor reads it, with its -I (default: cc)\n"
    "    --pointer BITS     of the target: 16, 32 or 64 (default 32)\n"
    "    --service US       microseconds that the device takes to process a frame (default: from\n"
    "                       its answers in the capture)\n"
    "    --connections N    plan for N connections at once: a bound\n"
    "    --rtt MS           acknowledgements come MS milliseconds later: a bound\n"
    "    --loss PERCENT     of segments are lost: a bound\n"
    "    --margin PERCENT   on top of everything\n"
    "    --classes N        sizes of pool-based malloc, at most 16 (default 4)\n"
    "    --heap KIND        lwip or cistern: the heap that MEM_SIZE is for (default lwip)\n"
    "    --hci              the captures are of Bluetooth HCI (btsnoop, pcap, pcapng): the pools "
    "of\n"
    "                       a NimBLE host, as text, json or syscfg\n"
    "    --each             every capture has a device of its own: what any of them needs\n"
    "    --verify FILE      says whether this lwipopts.h suffices; status 4 if it does not\n"
    "    --summary FILE     also writes what is needed to FILE, to be merged later\n"
    "    --report FILE      also writes a page to FILE that shows what is needed, and why\n"
    "    -f, --filter BPF   only packets that the filter passes\n"
    "    --format NAME      text, json, lwipopts, lwippools, syscfg or sdkconfig\n"
    "    --json             the same as --format json\n"
    "    --help             print this\n"
    "\n"
    "EXIT STATUS\n"
    "    0 done  1 bad command line or options file  2 bad input  4 --verify: it does not suffice\n"
    "\n"
    "EXAMPLES\n"
    "    cistern size traffic.pcap\n"
    "    cistern size --opts lwipopts.h --format lwipopts traffic.pcapng.gz\n"
    "    cistern size --report page.html traffic.pcap\n"
    "    cistern size --summary one.summary one.pcap; cistern size *.summary\n";

enum {
    OPT_DEVICE = 256,
    OPT_OPTS,
    OPT_CC,
    OPT_POINTER,
    OPT_SERVICE,
    OPT_CONNECTIONS,
    OPT_RTT,
    OPT_LOSS,
    OPT_MARGIN,
    OPT_CLASSES,
    OPT_HEAP,
    OPT_EACH,
    OPT_HCI,
    OPT_VERIFY,
    OPT_SUMMARY,
    OPT_REPORT,
    OPT_FORMAT,
    OPT_JSON,
    OPT_HELP
};

static const struct option long_options[] = {
    {"device", required_argument, NULL, OPT_DEVICE},
    {"opts", required_argument, NULL, OPT_OPTS},
    {"cc", required_argument, NULL, OPT_CC},
    {"pointer", required_argument, NULL, OPT_POINTER},
    {"service", required_argument, NULL, OPT_SERVICE},
    {"connections", required_argument, NULL, OPT_CONNECTIONS},
    {"rtt", required_argument, NULL, OPT_RTT},
    {"loss", required_argument, NULL, OPT_LOSS},
    {"margin", required_argument, NULL, OPT_MARGIN},
    {"classes", required_argument, NULL, OPT_CLASSES},
    {"heap", required_argument, NULL, OPT_HEAP},
    {"each", no_argument, NULL, OPT_EACH},
    {"hci", no_argument, NULL, OPT_HCI},
    {"verify", required_argument, NULL, OPT_VERIFY},
    {"summary", required_argument, NULL, OPT_SUMMARY},
    {"report", required_argument, NULL, OPT_REPORT},
    {"filter", required_argument, NULL, 'f'},
    {"format", required_argument, NULL, OPT_FORMAT},
    {"json", no_argument, NULL, OPT_JSON},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

void size_help(void)
{
    fputs(help_text, stdout);
}

/* Reads optarg as a number of [low, high]; says what is wrong otherwise. */
static bool read_number(const char *name, double low, double high, double *number)
{
    char *end = NULL;
    errno = 0;
    *number = strtod(optarg, &end);
    if (end == optarg || *end != '\0' || errno != 0 || !(*number >= low && *number <= high)) {
        fprintf(stderr, "cistern: --%s must be a number from %g to %g, not '%s'\n", name, low, high,
                optarg);
        return false;
    }
    return true;
}

static bool read_format(size_options_t *options)
{
    static const char *const names[] = {"text",      "json",   "lwipopts",
                                        "lwippools", "syscfg", "sdkconfig"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; ++i) {
        if (strcmp(optarg, names[i]) == 0) {
            options->format = (size_format_t)i;
            return true;
        }
    }
    fprintf(stderr,
            "cistern: --format must be text, json, lwipopts, lwippools, syscfg or "
            "sdkconfig, not '%s'\n",
            optarg);
    return false;
}

static bool read_heap(size_options_t *options)
{
    const bool cistern = strcmp(optarg, "cistern") == 0;
    options->heap = cistern ? HEAP_CISTERN : HEAP_LWIP;
    if (!cistern && strcmp(optarg, "lwip") != 0) {
        fprintf(stderr, "cistern: --heap must be lwip or cistern, not '%s'\n", optarg);
        return false;
    }
    return true;
}

static bool store_number(size_options_t *options, int option)
{
    double number = 0;
    switch (option) {
    case OPT_POINTER:
        if (!read_number("pointer", 16, 64, &number)) {
            return false;
        }
        options->pointer = (unsigned)number;
        if (number != 16 && number != 32 && number != 64) {
            fprintf(stderr, "cistern: --pointer must be 16, 32 or 64, not '%s'\n", optarg);
            return false;
        }
        return true;
    case OPT_SERVICE:
        options->service = read_number("service", 0, 1e9, &number) ? (int64_t)number : -2;
        return options->service != -2;
    case OPT_CONNECTIONS:
        options->connections = read_number("connections", 1, 65535, &number) ? (uint32_t)number : 0;
        return options->connections != 0;
    case OPT_RTT:
        options->rtt = read_number("rtt", 0, 60000, &number) ? (uint64_t)number : UINT64_MAX;
        return options->rtt != UINT64_MAX;
    case OPT_LOSS:
        return read_number("loss", 0, 100, &options->loss);
    case OPT_MARGIN:
        return read_number("margin", 0, 10000, &options->margin);
    case OPT_CLASSES:
    default:
        options->classes = read_number("classes", 1, CLASSES_MOST, &number) ? (unsigned)number : 0;
        return options->classes != 0;
    }
}

static bool say_bad_option(int option, char *const *argv)
{
    const char *const word = argv[optind - 1];
    if (option == ':') {
        fprintf(stderr, "cistern: option '%s' needs a value; see cistern size --help\n", word);
    } else {
        fprintf(stderr,
                "cistern: option '%s' is unknown, ambiguous or takes no value; see "
                "cistern size --help\n",
                word);
    }
    return false;
}

static bool store_option(size_options_t *options, int option, char *const *argv)
{
    switch (option) {
    case OPT_DEVICE:
        options->device = optarg;
        return device_is_address(optarg);
    case OPT_OPTS:
        options->opts = optarg;
        return true;
    case OPT_CC:
        options->compiler = optarg;
        return true;
    case OPT_VERIFY:
        options->verify = optarg;
        return true;
    case OPT_SUMMARY:
        options->summary = optarg;
        return true;
    case OPT_REPORT:
        options->report = optarg;
        return report_page_available();
    case 'f':
        options->filter = optarg;
        return true;
    case OPT_HEAP:
        return read_heap(options);
    case OPT_EACH:
        options->each = true;
        return true;
    case OPT_HCI:
        options->hci = true;
        return true;
    case OPT_FORMAT:
        return read_format(options);
    case OPT_JSON:
        options->format = SIZE_FORMAT_JSON;
        return true;
    case OPT_POINTER:
    case OPT_SERVICE:
    case OPT_CONNECTIONS:
    case OPT_RTT:
    case OPT_LOSS:
    case OPT_MARGIN:
    case OPT_CLASSES:
        return store_number(options, option);
    default:
        return say_bad_option(option, argv);
    }
}

/* Standard input may be named once. */
static bool check_files(const size_options_t *options)
{
    int inputs = 0;
    for (int i = 0; i < options->files; ++i) {
        inputs += strcmp(options->file[i], "-") == 0 ? 1 : 0;
    }
    if (options->files == 0) {
        fputs("cistern: size needs a capture; see cistern size --help\n", stderr);
    } else if (inputs > 1) {
        fputs("cistern: standard input can be read only once: give - one time\n", stderr);
    }
    return options->files > 0 && inputs <= 1;
}

/* What --hci has none of. */
static bool check_hci(const size_options_t *options)
{
    const bool format = options->format == SIZE_FORMAT_TEXT ||
                        options->format == SIZE_FORMAT_JSON ||
                        options->format == SIZE_FORMAT_SYSCFG;
    const bool lwip = options->device != NULL || options->opts != NULL || options->verify != NULL ||
                      options->summary != NULL || options->filter != NULL || options->each ||
                      options->connections != 0 || options->rtt != 0 || options->loss > 0 ||
                      options->margin > 0 || options->report != NULL;
    if (options->hci && (!format || lwip)) {
        fputs("cistern: --hci goes with --pointer, --service and --format text, json or syscfg "
              "alone\n",
              stderr);
        return false;
    }
    return true;
}

bool size_options_parse(size_options_t *options, int argc, char **argv)
{
    const char *const compiler = getenv("CC");
    *options = (size_options_t){.compiler = compiler != NULL && *compiler != '\0' ? compiler : "cc",
                                .pointer = 32,
                                .service = -1,
                                .classes = 4};
    unsetenv("POSIXLY_CORRECT");
    opterr = 0;
    int option = getopt_long(argc, argv, ":f:", long_options, NULL);
    while (option != -1) {
        if (option == OPT_HELP) {
            options->files = -1;
            return true;
        }
        if (!store_option(options, option, argv)) {
            return false;
        }
        option = getopt_long(argc, argv, ":f:", long_options, NULL);
    }
    options->file = argv + optind;
    options->files = argc - optind;
    return check_files(options) && check_hci(options);
}
