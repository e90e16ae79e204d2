/* SPDX-License-Identifier: BSD-3-Clause */
/* sys_host.c (win32) - what ports/common needs of the system: see sys_host.h. No state but the
 * frequency of the clock, which never changes. */
#define _CRT_RAND_S 1
#include <io.h>
#include <stdlib.h>

#include "lwip/opt.h"

#include "lwip/arch.h"
#include "sys_host.h"

#define HOST_NS_PER_MS UINT64_C(1000000)
#define HOST_NS_PER_S  UINT64_C(1000000000)

/* --- time ------------------------------------------------------------------------------------- */

static uint64_t host_ticks_per_second(void)
{
    LARGE_INTEGER frequency;
    (void)QueryPerformanceFrequency(&frequency);
    return (uint64_t)frequency.QuadPart;
}

/* Seconds and the rest apart: the ticks of three minutes times 10^9 are more than 64 bits. */
uint64_t host_nanoseconds(void)
{
    LARGE_INTEGER counter;
    const uint64_t frequency = host_ticks_per_second();
    (void)QueryPerformanceCounter(&counter);
    const uint64_t ticks = (uint64_t)counter.QuadPart;
    return ticks / frequency * HOST_NS_PER_S + ticks % frequency * HOST_NS_PER_S / frequency;
}

/* Milliseconds until `end`, rounded up: what the system's waits count in. Less than INFINITE. */
static DWORD host_ms_until(uint64_t end)
{
    const uint64_t now = host_nanoseconds();
    const uint64_t ms = (now < end) ? (end - now + HOST_NS_PER_MS - 1U) / HOST_NS_PER_MS : 0;
    return (ms < INFINITE) ? (DWORD)ms : INFINITE - 1U;
}

/* The system may wake a thread a part of its timer's period too soon, hence the loop. */
void host_sleep_until(uint64_t end)
{
    for (DWORD ms = host_ms_until(end); ms != 0; ms = host_ms_until(end)) {
        Sleep(ms);
    }
}

/* --- sleeping on a wake-up -------------------------------------------------------------------- */

/* Threads of this system are not cancelled. */
bool host_wait(host_wake_t *wake, host_lock_t *lock, uint64_t deadline,
               void (*cancelled)(void *argument), void *argument)
{
    (void)cancelled;
    (void)argument;
    if (deadline == HOST_FOREVER) {
        (void)SleepConditionVariableSRW(wake, lock, INFINITE, 0);
        return false;
    }
    (void)SleepConditionVariableSRW(wake, lock, host_ms_until(deadline), 0);
    return host_nanoseconds() >= deadline;
}

/* --- threads ---------------------------------------------------------------------------------- */

typedef struct task {
    void (*function)(void);
} host_task_t;

static BOOL CALLBACK host_run_once(PINIT_ONCE once, PVOID argument, PVOID *context)
{
    (void)once;
    (void)context;
    ((const host_task_t *)argument)->function();
    return TRUE;
}

void host_once(host_once_t *once, void (*function)(void))
{
    host_task_t task = {function};
    (void)InitOnceExecuteOnce(once, host_run_once, &task, NULL);
}

static VOID NTAPI host_thread_ends(PVOID watch)
{
    ((const host_watch_t *)watch)->ended();
}

void host_watch_create(host_watch_t *watch, void (*ended)(void))
{
    watch->ended = ended;
    watch->index = FlsAlloc(host_thread_ends);
}

void host_watch_thread(host_watch_t *watch)
{
    (void)FlsSetValue(watch->index, watch);
}

bool host_is_parallel(void)
{
    SYSTEM_INFO system;
    GetSystemInfo(&system);
    return system.dwNumberOfProcessors > 1;
}

bool host_fence_available(void)
{
    return true;
}

void host_fence_heavy(void)
{
    FlushProcessWriteBuffers();
}

/* Threads of this system have equal rights to every lock. */
bool host_lends_priority(void)
{
    return false;
}

/* --- messages --------------------------------------------------------------------------------- */

void host_write_error(const char *bytes, size_t length)
{
    (void)_write(2, bytes, (unsigned)length);
}

/* --- random numbers --------------------------------------------------------------------------- */

uint32_t cistern_win32_random(void)
{
    unsigned bits;
    if (rand_s(&bits) != 0) {
        LWIP_PLATFORM_ASSERT("the system gives random numbers");
    }
    return bits;
}
