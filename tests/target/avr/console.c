/* SPDX-License-Identifier: BSD-3-Clause */
/* console.c (AVR) - stdout on UART 0, and the end of the program as run-avr.sh wants it. */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>
#include <stdio.h>
#include <stdlib.h>

#include "cistern_bare.h"

static int put(char letter, FILE *stream)
{
    (void)stream;
    while ((UCSR0A & (1U << UDRE0)) == 0) {
    }
    UDR0 = (uint8_t)letter;
    return 0;
}

static FILE console = FDEV_SETUP_STREAM(put, NULL, _FDEV_SETUP_WRITE);

/* Before main. */
__attribute__((constructor)) static void open_console(void)
{
    UCSR0B = (uint8_t)(1U << TXEN0);
    stdout = &console;
    stderr = &console;
}

/* avr-libc's exit calls this last; main's result is what exit was called with. */
void exit(int status)
{
    (void)printf("exit %d\n", status);
    cli();
    for (;;) {
        sleep_mode();
    }
}

/* avr-libc has no files; cmocka would open one for a report, if asked. */
FILE *fopen(const char *name, const char *mode);

FILE *fopen(const char *name, const char *mode)
{
    (void)name;
    (void)mode;
    return NULL;
}

void cistern_bare_assert_failed(const char *message, const char *file, int line)
{
    (void)printf("Assertion \"%s\" failed at line %d in %s\n", message, line, file);
    exit(134);
}
