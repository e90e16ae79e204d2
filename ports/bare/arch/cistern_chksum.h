/* arch/cistern_chksum.h (bare) - the Internet sum by aligned words: algorithm 4 of
 * cistern/chksum.h, on the processors that have an arch/cistern_cpu_chksum.h. */
#ifndef CISTERN_ARCH_CHKSUM_H
#define CISTERN_ARCH_CHKSUM_H

#if defined __arm__ || defined __riscv

#    include <stddef.h>
#    include <stdint.h>

#    ifdef __cplusplus
extern "C" {
#    endif

#    define CISTERN_PORT_CHKSUM cistern_port_chksum

/* The sum of `length` bytes. Never fails. Linear in length, any alignment. Any context. */
uint16_t cistern_port_chksum(const void *data, size_t length);

#    ifdef __cplusplus
}
#    endif

#endif

#endif
