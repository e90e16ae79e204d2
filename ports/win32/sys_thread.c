/* SPDX-License-Identifier: BSD-3-Clause */
/* sys_thread.c (win32) - threads with name, stack and priority. No state. */
#define _CRT_RAND_S 1 /* of sys_host.c, where both are one file */
#include "lwip/sys.h"

#if !NO_SYS

#    include <process.h>

#    include "sys_host.h"
#    include "sys_thread.h"

/* --- the name --------------------------------------------------------------------------------- */

typedef HRESULT(WINAPI set_description_t)(HANDLE thread, PCWSTR description);

/* SetThreadDescription, or NULL: systems before Windows 10 do not have it. */
static set_description_t *thread_find_set_description(void)
{
    const HMODULE module = GetModuleHandleW(L"kernelbase.dll");
    const FARPROC found = (module != NULL) ? GetProcAddress(module, "SetThreadDescription") : NULL;
    return (set_description_t *)(void (*)(void))found;
}

static void thread_set_name(const char *name)
{
    WCHAR wide[THREAD_NAME_LENGTH];
    set_description_t *const set_description = thread_find_set_description();
    if (set_description != NULL &&
        MultiByteToWideChar(CP_UTF8, 0, name, -1, wide, THREAD_NAME_LENGTH) != 0) {
        (void)set_description(GetCurrentThread(), wide);
    }
}

/* --- starting --------------------------------------------------------------------------------- */

static unsigned __stdcall thread_main(void *argument)
{
    thread_start_t *const start = argument;
    thread_set_name(start->name);
    thread_run(start);
    return 0;
}

static int thread_system_priority(int prio)
{
    static const int levels[] = {THREAD_PRIORITY_NORMAL, THREAD_PRIORITY_ABOVE_NORMAL,
                                 THREAD_PRIORITY_HIGHEST, THREAD_PRIORITY_TIME_CRITICAL};
    const int last = (int)(sizeof levels / sizeof levels[0]) - 1;
    return levels[(prio <= 0) ? 0 : (prio < last) ? prio : last];
}

/* Starts asleep, so that it has its priority from its first instruction on. Sizes are of address
 * space, which the system rounds up; 0 takes that of the program's first thread. */
static sys_thread_t thread_launch(thread_start_t *start, int stacksize, int prio)
{
    unsigned id = 0;
    const unsigned bytes = (stacksize > 0) ? (unsigned)stacksize : 0;
    const unsigned flags = CREATE_SUSPENDED | STACK_SIZE_PARAM_IS_A_RESERVATION;
    const HANDLE thread = (HANDLE)_beginthreadex(NULL, bytes, thread_main, start, flags, &id);
    if (thread == NULL) {
        return 0;
    }
    (void)SetThreadPriority(thread, thread_system_priority(prio));
    (void)ResumeThread(thread);
    (void)CloseHandle(thread);
    return id;
}

sys_thread_t sys_thread_new(const char *name, lwip_thread_fn thread, void *arg, int stacksize,
                            int prio)
{
    thread_start_t *const start = thread_start_new(name, thread, arg);
    const sys_thread_t made = (start != NULL) ? thread_launch(start, stacksize, prio) : 0;
    if (start != NULL && made == 0) {
        thread_start_refuse(start);
    }
    return made;
}

#endif
