/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - pools around the largest count that 16-bit statistics hold. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#define MEMP_USE_CUSTOM_POOLS 1

#endif
