/* SPDX-License-Identifier: BSD-3-Clause */
/* platform.c (arduino) - faults: the call that found one refuses and counts it, and the sketch hears of
 * it through cistern_fault_set_handler, or by a function of this name.
 */
#include "cistern/fault.h"

__attribute__((weak)) void cistern_port_fault(const cistern_fault_t *fault)
{
    (void)fault;
}
