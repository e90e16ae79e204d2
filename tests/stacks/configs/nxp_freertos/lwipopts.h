/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - values of nxp-mcuxpresso/mcux-sdk-examples at ebea46b37a1a,
 * evkmimxrt1060/lwip_examples/lwip_dhcp, freertos. */
#define USE_RTOS 1

#include "../nxp_bare/lwipopts.h"
