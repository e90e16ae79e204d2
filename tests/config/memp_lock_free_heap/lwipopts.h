/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - two options that exclude each other. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#define MEMP_MEM_MALLOC        1
#define CISTERN_MEMP_LOCK_FREE 1

#endif
