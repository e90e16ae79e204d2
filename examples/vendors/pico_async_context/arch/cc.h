/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/cc.h - the project's own port: protection by the macros below, with interrupts off.
 *
 *   RP2040   board_off: save_and_disable_interrupts, board_on: restore_interrupts
 *   host     interrupts are threads: a lock that nests
 */
#ifndef ARCH_CC_H
#define ARCH_CC_H

#include <stdint.h>
#include <sys/time.h>

#define LWIP_TIMEVAL_PRIVATE  0
#define LWIP_ERRNO_STDINCLUDE 1

uint32_t board_off(void);
void board_on(uint32_t state);

#define SYS_ARCH_DECL_PROTECT(lev) uint32_t lev
#define SYS_ARCH_PROTECT(lev)      lev = board_off()
#define SYS_ARCH_UNPROTECT(lev)    board_on(lev)

uint32_t board_random(void);
#define LWIP_RAND() board_random()

#endif
