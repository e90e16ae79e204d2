/* SPDX-License-Identifier: BSD-3-Clause */
/* platform.c (esp-idf) - the lock of the critical section, and faults, which go to the console.
 */
#include <stddef.h>

#include "arch/cistern_port.h"
#include "cistern/fault.h"

#include "esp_rom_sys.h"

portMUX_TYPE cistern_esp_idf_lock = portMUX_INITIALIZER_UNLOCKED;

/* The program goes on: the call that found the fault refuses. cistern_fault_set_handler has faults
 * go elsewhere. */
void cistern_port_fault(const cistern_fault_t *fault)
{
    esp_rom_printf(CISTERN_FAULT_FORMAT, CISTERN_FAULT_VALUES(fault));
}
