/* arch/cistern_chksum.h (posix) - the fastest Internet sum of this host: algorithm 4 of
 * cistern/chksum.h. */
#ifndef CISTERN_ARCH_CHKSUM_H
#define CISTERN_ARCH_CHKSUM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CISTERN_PORT_CHKSUM cistern_port_chksum

/* The sum of `length` bytes by the widest vectors that this machine has, which the first call finds
 * out. Never fails. Linear in length, any alignment. Any context. */
uint16_t cistern_port_chksum(const void *data, size_t length);

/* One of the ways that cistern_port_chksum chooses from. */
typedef struct cistern_port_chksum_way {
    const char *name;
    uint16_t (*sum)(const void *data, size_t length);
} cistern_port_chksum_way_t;

/* Way number `index` of those that this machine can run, the best last, or NULL: for tests and
 * benchmarks. */
const cistern_port_chksum_way_t *cistern_port_chksum_way(unsigned index);

#ifdef __cplusplus
}
#endif

#endif
