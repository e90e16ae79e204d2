/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/sys_arch.h - without an operating system there is nothing to name. */
#ifndef BENCH_ARCH_SYS_ARCH_H
#define BENCH_ARCH_SYS_ARCH_H

#endif
