/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/cistern_config.h (lwip) - the engines enter the port's section also with
 * SYS_LIGHTWEIGHT_PROT 0: as in lwIP, a port's own SYS_ARCH_PROTECT is then still used. If the port
 * has none, the section is an empty macro. */
#ifndef CISTERN_ARCH_CONFIG_H
#define CISTERN_ARCH_CONFIG_H

#ifndef CISTERN_CRITICAL
#    define CISTERN_CRITICAL 1
#endif

#endif
