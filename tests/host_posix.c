/* host_posix.c - host.h on POSIX. */
#define _GNU_SOURCE 1
#include <dirent.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "support.h"

#include "host.h"

#define PATIENCE_MS 20000

/* --- threads ---------------------------------------------------------------------------------- */

typedef struct call {
    void (*function)(void *argument);
    void *argument;
} call_t;

static void *run(void *argument)
{
    const call_t *const call = argument;
    call->function(call->argument);
    return NULL;
}

void host_run_in_thread(void (*function)(void *argument), void *argument)
{
    call_t call = {function, argument};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, run, &call), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
}

/* --- settling: every other thread sleeps, and still does a moment later -------------------------
 */

/* The state letter of a thread of this process, 'S' for one that sleeps. */
static char state_of(const char *thread)
{
    char path[64];
    char state = 'S'; /* a thread that is gone does not go on */
    (void)snprintf(path, sizeof path, "/proc/self/task/%.16s/stat", thread);
    FILE *const file = fopen(path, "r");
    if (file != NULL) {
        (void)fscanf(file, "%*d (%*[^)]) %c", &state);
        (void)fclose(file);
    }
    return state;
}

static bool all_others_sleep(void)
{
    const int self = (int)gettid();
    bool asleep = true;
    DIR *const threads = opendir("/proc/self/task");
    assert_non_null(threads);
    for (struct dirent *entry = readdir(threads); entry != NULL; entry = readdir(threads)) {
        if (entry->d_name[0] != '.' && atoi(entry->d_name) != self) {
            asleep = asleep && state_of(entry->d_name) == 'S';
        }
    }
    (void)closedir(threads);
    return asleep;
}

void host_settle(void)
{
    int quiet = 0;
    for (int i = 0; i < PATIENCE_MS && quiet < 5; ++i) {
        quiet = all_others_sleep() ? quiet + 1 : 0;
        (void)usleep(1000);
    }
    assert_int_equal(quiet, 5);
}

/* --- memory ----------------------------------------------------------------------------------- */

char *host_copy_before_unreadable_memory(const char *bytes, size_t length)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *const memory =
        mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(memory != MAP_FAILED);
    assert_int_equal(mprotect(memory + page, page, PROT_NONE), 0);
    return memcpy(memory + page - length, bytes, length);
}
