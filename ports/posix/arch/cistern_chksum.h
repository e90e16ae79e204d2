/* arch/cistern_chksum.h (posix) - the fastest Internet sum of this host: algorithm 4 of
 * cistern/chksum.h. */
#ifndef CISTERN_ARCH_CHKSUM_H
#define CISTERN_ARCH_CHKSUM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CISTERN_PORT_CHKSUM      cistern_port_chksum
#define CISTERN_PORT_CHKSUM_COPY cistern_port_chksum_copy
#define CISTERN_PORT_CHKSUM_WAY  cistern_port_chksum_way

/* The sum of `length` bytes, fewer than 2^34, by the widest vectors that this machine has, which
 * the first call finds out. Never fails. Linear in length, any alignment. Any context. */
uint16_t cistern_port_chksum(const void *data, size_t length);

/* The same of the bytes that it copies, in one pass. The two pieces must not overlap. */
uint16_t cistern_port_chksum_copy(void *target, const void *source, size_t length);

/* One of the ways that the two choose from. */
typedef struct cistern_port_chksum_way {
    const char *name;
    uint16_t (*sum)(const void *data, size_t length);
    uint16_t (*copy)(void *target, const void *source, size_t length);
} cistern_port_chksum_way_t;

/* Way number `index` of those that this machine can run, the best last, or NULL: for tests and
 * benchmarks. */
const cistern_port_chksum_way_t *cistern_port_chksum_way(unsigned index);

#ifdef __cplusplus
}
#endif

#endif
