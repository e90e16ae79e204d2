/* SPDX-License-Identifier: BSD-3-Clause */
/* host_win32.c - host.h on Windows. */
#include "support.h"

#include "host.h"

#define WIN32_LEAN_AND_MEAN 1
#include <windows.h>

#include <process.h>

/* --- threads ---------------------------------------------------------------------------------- */

typedef struct call {
    void (*function)(void *argument);
    void *argument;
} call_t;

static unsigned __stdcall run(void *argument)
{
    const call_t *const call = argument;
    call->function(call->argument);
    return 0;
}

void host_run_in_thread(void (*function)(void *argument), void *argument)
{
    call_t call = {function, argument};
    const HANDLE thread = (HANDLE)_beginthreadex(NULL, 0, run, &call, 0, NULL);
    assert_non_null(thread);
    assert_int_equal(WaitForSingleObject(thread, INFINITE), WAIT_OBJECT_0);
    (void)CloseHandle(thread);
}

/* --- memory ----------------------------------------------------------------------------------- */

char *host_copy_before_unreadable_memory(const char *bytes, size_t length)
{
    SYSTEM_INFO system;
    DWORD before;
    GetSystemInfo(&system);
    const size_t page = system.dwPageSize;
    char *const memory = VirtualAlloc(NULL, 2 * page, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    assert_non_null(memory);
    assert_true(VirtualProtect(memory + page, page, PAGE_NOACCESS, &before));
    return memcpy(memory + page - length, bytes, length);
}
