/* SPDX-License-Identifier: BSD-3-Clause */
/* bare.c - the firmware on ports/bare: NO_SYS 1 as a main loop, NO_SYS 0 with the port's threads. */
#include "cistern_bare.h"

#include "board.h"
#include "device.h"
#include "lwip/sys.h"
#include "trace.h"

/* --- the port's hooks ---------------------------------------------------------------------------- */

uint32_t cistern_bare_random(void)
{
    static uint32_t state = 0x2545F491U; /* a product uses the chip's generator */
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

/* A fault is a defect of the firmware: none may happen. */
void cistern_bare_fault_hook(const cistern_fault_t *fault)
{
    board_panic(cistern_fault_text(fault->kind), fault->name, 0);
}

void cistern_bare_assert_failed(const char *message, const char *file, int line)
{
    board_panic(message, file, line);
}

/* --- main ---------------------------------------------------------------------------------------- */

#if NO_SYS

static _Noreturn void bare_run(void)
{
    device_loop();
}

#else

static _Noreturn void bare_run(void)
{
    device_start();
    for (;;) {
        sys_msleep(1);
        trace_drain();
    }
}

#endif

int main(void)
{
    board_start();
    sys_init();
    cistern_bare_tick_start(BOARD_HZ);
    bare_run();
}
