/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - two that exclude each other: lengths of 32 bits, and a size_t of 16 as on AVR. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#include <stdint.h>

#undef SIZE_MAX
#define SIZE_MAX            65535U
#define CISTERN_PBUF_LEN_32 1

#endif
