/* SPDX-License-Identifier: BSD-3-Clause */
/* freertos.c - the firmware on ports/freertos and a FreeRTOS kernel. */
#include "FreeRTOS.h"
#include "task.h"

#include "board.h"
#include "cistern/fault.h"
#include "device.h"
#include "trace.h"

void freertos_assert_failed(const char *file, int line)
{
    board_panic("assertion of FreeRTOS", file, line);
}

uint32_t cistern_freertos_random(void)
{
    static uint32_t state = 0x2545F491U; /* a product uses the chip's generator */
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

static void freertos_fault(const cistern_fault_t *fault)
{
    board_panic(cistern_fault_text(fault->kind), fault->name, 0);
}

static void freertos_run(void *argument)
{
    (void)argument;
    device_start();
    for (;;) {
        vTaskDelay(1);
        trace_drain();
    }
}

int main(void)
{
    board_start();
    cistern_fault_set_handler(freertos_fault);
    (void)xTaskCreate(freertos_run, "main", configMINIMAL_STACK_SIZE * 4U, NULL, 1, NULL);
    vTaskStartScheduler();
    board_panic("FreeRTOS has no memory for its idle task", __FILE__, __LINE__);
}
