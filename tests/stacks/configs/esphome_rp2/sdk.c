/* SPDX-License-Identifier: BSD-3-Clause */
/* sdk.c - the core is arduino_pico's. */
#include "../arduino_pico/sdk.c"
