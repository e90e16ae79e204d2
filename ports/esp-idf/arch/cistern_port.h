/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/cistern_port.h (esp-idf) - the critical section that guards the engines: one spin lock,
 * which nests, masks interrupts and keeps the other core out. */
#ifndef CISTERN_ARCH_PORT_H
#define CISTERN_ARCH_PORT_H

#include "freertos/FreeRTOS.h"

#ifdef __cplusplus
extern "C" {
#endif

extern portMUX_TYPE cistern_esp_idf_lock;

typedef unsigned char cistern_critical_t; /* the lock remembers what was before */

/* Enters the section; nests. Task and interrupt. */
static inline cistern_critical_t cistern_critical_enter(void)
{
    portENTER_CRITICAL_SAFE(&cistern_esp_idf_lock);
    return 0;
}

/* Restores the state before the matching enter. Only the context that entered may call it. */
static inline void cistern_critical_leave(cistern_critical_t state)
{
    (void)state;
    portEXIT_CRITICAL_SAFE(&cistern_esp_idf_lock);
}

#ifdef __cplusplus
}
#endif

#endif
