/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - values of raspberrypi/pico-examples at 2507272357d8,
 * pico_w/wifi/lwipopts_examples_common.h, a debug build for pico_cyw43_arch_lwip_poll. */
#define MEM_LIBC_MALLOC 1

#include "../pico_background/lwipopts.h"
