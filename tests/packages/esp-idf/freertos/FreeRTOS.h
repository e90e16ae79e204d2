/* SPDX-License-Identifier: BSD-3-Clause */
/* freertos/FreeRTOS.h - a stand-in for what ports/esp-idf uses of ESP-IDF's. */
#ifndef STAND_IN_FREERTOS_H
#define STAND_IN_FREERTOS_H

typedef struct {
    int depth;
    unsigned long sections;
} portMUX_TYPE;

#define portMUX_INITIALIZER_UNLOCKED                                                               \
    {                                                                                              \
        0, 0                                                                                       \
    }
#define portENTER_CRITICAL_SAFE(mux) ((mux)->depth++, (mux)->sections++)
#define portEXIT_CRITICAL_SAFE(mux)  ((mux)->depth--)

#endif
