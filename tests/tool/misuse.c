/* SPDX-License-Identifier: BSD-3-Clause */
/* misuse.c - linked into a copy of the program in place of the worker's entry, the start of threads
 * and calloc (--wrap), it leaks the second frame, frees the second frame twice, or has no thread or
 * no memory left, as CISTERN_TEST_MISUSE says: to see that the program notices. */
#include <stdlib.h>
#include <string.h>

#include "lwip/sys.h"

#include "network.h"

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
sys_thread_t __real_sys_thread_new_joinable(const char *name, lwip_thread_fn function,
                                            void *argument, int stack, int priority);
sys_thread_t __wrap_sys_thread_new_joinable(const char *name, lwip_thread_fn function,
                                            void *argument, int stack, int priority);
void __real_network_handle(const frame_host_t *host, link_type_t link, struct pbuf *data);
void __wrap_network_handle(const frame_host_t *host, link_type_t link, struct pbuf *data);

static bool is_asked_for(const char *what)
{
    const char *const misuse = getenv("CISTERN_TEST_MISUSE");
    return misuse != NULL && strcmp(misuse, what) == 0;
}

void *__wrap_calloc(size_t count, size_t size)
{
    return is_asked_for("no memory") ? NULL : __real_calloc(count, size);
}

sys_thread_t __wrap_sys_thread_new_joinable(const char *name, lwip_thread_fn function,
                                            void *argument, int stack, int priority)
{
    return is_asked_for("no thread")
               ? (sys_thread_t)0
               : __real_sys_thread_new_joinable(name, function, argument, stack, priority);
}

void __wrap_network_handle(const frame_host_t *host, link_type_t link, struct pbuf *data)
{
    if (data->frame_number == 2 && is_asked_for("free twice")) {
        pbuf_free(data);
        pbuf_free(data);
    } else if (data->frame_number != 2 || !is_asked_for("leak")) {
        __real_network_handle(host, link, data);
    }
}
