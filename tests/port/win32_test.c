/* SPDX-License-Identifier: BSD-3-Clause */
/* What the win32 port promises beyond the other hosts': names, stacks and priorities of threads,
 * what it prints, and times that do not end early. */
#include <fcntl.h>
#include <io.h>
#include <process.h>
#include <stdio.h>

#include "support.h"

#include "lwip/def.h"
#include "lwip/sys.h"

/* Behind lwip/def.h, whose names of byte swaps are declared once more here. */
#define WIN32_LEAN_AND_MEAN 1
#include <winsock2.h>

#include <windows.h>

#define PATIENCE_MS 20000

/* --- what is printed -------------------------------------------------------------------------- */

/* What `provoke` prints on stderr. */
static void stderr_of(void (*provoke)(void), char *text, unsigned length)
{
    int ends[2];
    assert_int_equal(_pipe(ends, 4096, _O_BINARY), 0);
    const int saved = _dup(2);
    (void)_dup2(ends[1], 2);
    provoke();
    (void)_dup2(saved, 2);
    (void)_close(saved);
    (void)_close(ends[1]);
    const int count = _read(ends[0], text, length - 1);
    (void)_close(ends[0]);
    text[(count > 0) ? count : 0] = '\0';
}

static void free_twice(void)
{
    sys_sem_t sem;
    (void)cistern_fault_set_handler(NULL);
    assert_int_equal(sys_sem_new(&sem, 0), ERR_OK);
    sys_sem_free(&sem);
    sys_sem_free(&sem);
}

static void fault_is_one_line_on_stderr(void **state)
{
    (void)state;
    char text[512];
    stderr_of(free_twice, text, sizeof text);
    assert_non_null(strstr(text, "double free"));
    assert_non_null(strstr(text, "semaphore"));
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
}

static const char *program;
static intptr_t status_of_child;

/* This program again: see main. */
static void fail_an_assertion_in_a_child(void)
{
    status_of_child = _spawnl(_P_WAIT, program, program, "assert", NULL);
}

static void failed_assertion_says_where_and_aborts(void **state)
{
    (void)state;
    char text[512];
    stderr_of(fail_an_assertion_in_a_child, text, sizeof text);
    assert_int_equal(status_of_child, 3); /* what abort gives here */
    assert_non_null(strstr(text, "Assertion \"the message\" failed at line 4711 in the_file.c"));
}

/* --- what a thread was asked to be ------------------------------------------------------------ */

typedef HRESULT(WINAPI get_description_t)(HANDLE thread, PWSTR *description);
typedef void(WINAPI get_stack_limits_t)(ULONG_PTR *low, ULONG_PTR *high);

static FARPROC system_function(const char *name)
{
    return GetProcAddress(GetModuleHandleW(L"kernelbase.dll"), name);
}

typedef struct portrait {
    sys_sem_t done;
    WCHAR name[32];
    size_t stack;
    int priority;
    DWORD id;
} portrait_t;

static void look_at_name(portrait_t *portrait)
{
    PWSTR name = NULL;
    const FARPROC found = system_function("GetThreadDescription");
    assert_non_null(found);
    assert_true(((get_description_t *)(void (*)(void))found)(GetCurrentThread(), &name) >= 0);
    (void)wcsncpy(portrait->name, name, sizeof portrait->name / sizeof portrait->name[0] - 1);
    (void)LocalFree(name);
}

static void look_at_oneself(void *argument)
{
    portrait_t *const portrait = argument;
    ULONG_PTR low;
    ULONG_PTR high;
    const FARPROC limits = system_function("GetCurrentThreadStackLimits");
    assert_non_null(limits);
    ((get_stack_limits_t *)(void (*)(void))limits)(&low, &high);
    portrait->stack = high - low;
    portrait->priority = GetThreadPriority(GetCurrentThread());
    portrait->id = GetCurrentThreadId();
    look_at_name(portrait);
    sys_sem_signal(&portrait->done);
}

static portrait_t portrait_of(const char *name, int stacksize, int prio)
{
    portrait_t portrait = {.stack = 0};
    assert_int_equal(sys_sem_new(&portrait.done, 0), ERR_OK);
    const sys_thread_t thread = sys_thread_new(name, look_at_oneself, &portrait, stacksize, prio);
    assert_int_not_equal(sys_arch_sem_wait(&portrait.done, PATIENCE_MS), SYS_ARCH_TIMEOUT);
    assert_int_equal(thread, portrait.id);
    sys_sem_free(&portrait.done);
    return portrait;
}

static void thread_has_the_name_it_was_given(void **state)
{
    (void)state;
    assert_true(wcscmp(portrait_of("tcpip_thread", 0, 0).name, L"tcpip_thread") == 0);
    assert_true(wcscmp(portrait_of("a name of more than 15", 0, 0).name, L"a name of more ") == 0);
}

static void thread_has_the_stack_it_was_given(void **state)
{
    (void)state;
    const size_t large = 48 * 1024 * 1024;
    assert_true(portrait_of("large", (int)large, 0).stack >= large);
    assert_true(portrait_of("small", 100000, 0).stack >= 100000);
    assert_true(portrait_of("small", 100000, 0).stack < portrait_of("default", 0, 0).stack);
}

static void thread_has_the_priority_it_was_given(void **state)
{
    (void)state;
    assert_int_equal(portrait_of("normal", 0, 0).priority, THREAD_PRIORITY_NORMAL);
    assert_int_equal(portrait_of("1", 0, 1).priority, THREAD_PRIORITY_ABOVE_NORMAL);
    assert_int_equal(portrait_of("2", 0, 2).priority, THREAD_PRIORITY_HIGHEST);
    assert_int_equal(portrait_of("3", 0, 3).priority, THREAD_PRIORITY_TIME_CRITICAL);
    assert_int_equal(portrait_of("99", 0, 99).priority, THREAD_PRIORITY_TIME_CRITICAL);
}

/* --- time ------------------------------------------------------------------------------------- */

static u64_t microseconds(void)
{
    LARGE_INTEGER frequency;
    LARGE_INTEGER counter;
    (void)QueryPerformanceFrequency(&frequency);
    (void)QueryPerformanceCounter(&counter);
    return (u64_t)counter.QuadPart / ((u64_t)frequency.QuadPart / 1000000U);
}

/* The system's own waits may end a part of its timer's period too soon. */
static void waits_never_end_early(void **state)
{
    (void)state;
    sys_sem_t sem;
    assert_int_equal(sys_sem_new(&sem, 0), ERR_OK);
    for (u32_t ms = 1; ms <= 20; ++ms) {
        const u64_t start = microseconds();
        sys_msleep(ms);
        const u64_t slept = microseconds();
        assert_true(slept - start >= 1000U * ms);
        assert_int_equal(sys_arch_sem_wait(&sem, ms), SYS_ARCH_TIMEOUT);
        assert_true(microseconds() - slept >= 1000U * ms);
    }
    sys_sem_free(&sem);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        test(fault_is_one_line_on_stderr),          test(failed_assertion_says_where_and_aborts),
        test(thread_has_the_name_it_was_given),     test(thread_has_the_stack_it_was_given),
        test(thread_has_the_priority_it_was_given), test(waits_never_end_early),
    };
    if (argc > 1) {
        cistern_host_assert_failed("the message", "the_file.c", 4711);
    }
    program = argv[0];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
