/* The Internet checksum through lwIP's interface: built with this library and with lwIP's sources.
 */
#define _POSIX_C_SOURCE 200809L
#include "../bench.h"
#ifdef BENCH_OURS
#    include "cistern/chksum.h"
#endif
#include "lwip/inet_chksum.h"

static _Alignas(64) unsigned char memory[2048];
static size_t offset;
static u16_t length;
static volatile u16_t result;
static volatile unsigned long sink;

static void checksum(void)
{
    result = inet_chksum(memory + offset, length);
}

/* The limit: reading as fast as plain C can. */
static void read_only(void)
{
    const unsigned long *const words = (const unsigned long *)(const void *)memory;
    unsigned long sum = 0;
    for (size_t i = 0; i < length / sizeof *words; ++i) {
        sum += words[i];
    }
    sink = sum;
}

static void run(const char *name, u16_t bytes, size_t start)
{
    length = bytes;
    offset = start;
    bench_run(name, checksum);
}

#ifdef CISTERN_PORT_CHKSUM
static const cistern_port_chksum_way_t *way;

static void one_way(void)
{
    result = way->sum(memory, length);
}

static void chosen_way(void)
{
    result = cistern_port_chksum(memory, length);
}

static void run_ways(void)
{
    char name[40];
    static const u16_t lengths[] = {64, 1460};
    length = 64;
    bench_run("chosen 64", chosen_way);
    for (unsigned i = 0; (way = cistern_port_chksum_way(i)) != NULL; ++i) {
        for (unsigned k = 0; k < 2; ++k) {
            length = lengths[k];
            (void)snprintf(name, sizeof name, "%s %u", way->name, lengths[k]);
            bench_run(name, one_way);
        }
    }
}
#else
static void run_ways(void) {}
#endif

int main(void)
{
    for (size_t i = 0; i < sizeof memory; ++i) {
        memory[i] = (unsigned char)(i * 197U);
    }
    run("checksum 20", 20, 0);
    run("checksum 64", 64, 0);
    run("checksum 1460", 1460, 0);
    run("checksum 1460 odd", 1460, 1);
    run_ways();
    bench_run("read 1460", (length = 1460, read_only));
    return 0;
}
