/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/cistern_config.h (lwip) - the engines enter the port's section whatever SYS_LIGHTWEIGHT_PROT
 * says: as in lwIP, a port's own SYS_ARCH_PROTECT counts beside a 0. Where nothing protects, the section
 * is an empty macro. */
#ifndef CISTERN_ARCH_CONFIG_H
#define CISTERN_ARCH_CONFIG_H

#ifndef CISTERN_CRITICAL
#    define CISTERN_CRITICAL 1
#endif

#endif
