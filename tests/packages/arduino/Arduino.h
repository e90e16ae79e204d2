/* SPDX-License-Identifier: BSD-3-Clause */
/* Arduino.h - a stand-in for the little of an Arduino core that the library and its example use. */
#ifndef STAND_IN_ARDUINO_H
#define STAND_IN_ARDUINO_H

#include <stdint.h>
#ifdef __AVR__
#    include <avr/interrupt.h>
#    include <avr/io.h>
#    define noInterrupts() cli()
#else
#    define noInterrupts() __asm__ volatile("cpsid i" ::: "memory")
#endif
#ifdef __cplusplus
struct Printer {
    void begin(long);
    void println(const char *);
};
extern Printer Serial;
#endif

#endif
