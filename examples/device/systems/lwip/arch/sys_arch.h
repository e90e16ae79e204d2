/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/sys_arch.h - without threads there is nothing to name. */
