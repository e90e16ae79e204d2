/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/cc.h of a user who has names of everyday: functions, types, macros with arguments and without. */
#ifndef LWIP_ARCH_CC_H
#define LWIP_ARCH_CC_H

/* Before the macros: the system's headers have such names too. */
#include <ctype.h>
#include <inttypes.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LWIP_DONT_PROVIDE_BYTEORDER_FUNCTIONS
typedef int sys_prot_t;

#define CLASH_TYPE(name) typedef struct name##_of_user name
#define CLASH(name)      int name(int a, int b, int c, int d, int e, int f)
CLASH_TYPE(pool_t);
CLASH_TYPE(list_t);
CLASH_TYPE(block_t);
CLASH_TYPE(node_t);
CLASH_TYPE(queue_t);
CLASH_TYPE(heap_t);
CLASH_TYPE(buf_t);
CLASH_TYPE(mutex_t);
CLASH_TYPE(mbox_t);
CLASH_TYPE(event_t);
CLASH_TYPE(lock_t);
CLASH_TYPE(thread_t);

CLASH(min);
CLASH(max);
CLASH(swap);
CLASH(next_block);
CLASH(first_block);
CLASH(lock);
CLASH(unlock);
CLASH(critical_enter);
CLASH(critical_leave);
CLASH(align);
CLASH(align_up);
CLASH(log2i);
CLASH(htonl);
CLASH(htons);
CLASH(ntohl);
CLASH(ntohs);
CLASH(bswap16);
CLASH(bswap32);
CLASH(checksum);
CLASH(chksum);
CLASH(timer);
CLASH(tick);
CLASH(panic);
CLASH(fatal);
CLASH(trace);
CLASH(fault);
CLASH(fault_handler);
CLASH(error_handler);
CLASH(port_init);
CLASH(heap_init);
CLASH(heap_alloc);
CLASH(heap_free);
CLASH(pool_init);
CLASH(pool_get);
CLASH(pool_put);
CLASH(pool_alloc);
CLASH(pool_free);
CLASH(mem_alloc);
CLASH(memp_get);
CLASH(pbuf_get);
CLASH(pbuf_new);
CLASH(pbuf_put);
CLASH(sys_lock);
CLASH(sys_unlock);

#define get(a, b, c, d, e, f)           USER_get
#define put(a, b, c, d, e, f)           USER_put
#define fill(a, b, c, d, e, f)          USER_fill
#define take(a, b, c, d, e, f)          USER_take
#define give(a, b, c, d, e, f)          USER_give
#define push(a, b, c, d, e, f)          USER_push
#define pop(a, b, c, d, e, f)           USER_pop
#define walk(a, b, c, d, e, f)          USER_walk
#define find(a, b, c, d, e, f)          USER_find
#define check(a, b, c, d, e, f)         USER_check
#define claim(a, b, c, d, e, f)         USER_claim
#define insert(a, b, c, d, e, f)        USER_insert
#define remove(a, b, c, d, e, f)        USER_remove
#define count(a, b, c, d, e, f)         USER_count
#define used(a, b, c, d, e, f)          USER_used
#define copy(a, b, c, d, e, f)          USER_copy
#define carry(a, b, c, d, e, f)         USER_carry
#define load(a, b, c, d, e, f)          USER_load
#define store(a, b, c, d, e, f)         USER_store
#define fetch(a, b, c, d, e, f)         USER_fetch
#define header(a, b, c, d, e, f)        USER_header
#define payload(a, b, c, d, e, f)       USER_payload
#define chain(a, b, c, d, e, f)         USER_chain
#define split(a, b, c, d, e, f)         USER_split
#define join(a, b, c, d, e, f)          USER_join
#define merge(a, b, c, d, e, f)         USER_merge
#define trim(a, b, c, d, e, f)          USER_trim
#define guard(a, b, c, d, e, f)         USER_guard
#define poison(a, b, c, d, e, f)        USER_poison
#define key(a, b, c, d, e, f)           USER_key
#define link(a, b, c, d, e, f)          USER_link
#define region(a, b, c, d, e, f)        USER_region
#define arena(a, b, c, d, e, f)         USER_arena
#define ALIGN(a, b, c, d, e, f)         USER_ALIGN
#define BIT(a, b, c, d, e, f)           USER_BIT
#define MIN(a, b, c, d, e, f)           USER_MIN
#define MAX(a, b, c, d, e, f)           USER_MAX
#define ASSERT(a, b, c, d, e, f)        USER_ASSERT
#define STATIC_ASSERT(a, b, c, d, e, f) USER_STATIC_ASSERT
#define UNUSED(a, b, c, d, e, f)        USER_UNUSED
#define container_of(a, b, c, d, e, f)  USER_container_of
#define likely(a, b, c, d, e, f)        USER_likely

#define LITTLE 42
#define DEBUG  42
#define TRACE  42
#define OK     42
#define FAIL   42
#define FAULT  42
#define TRUE   42
#define FALSE  42
#define IN     42
#define OUT    42
#define RAM    42
#define ROM    42
#define READ   42
#define WRITE  42
#define PORT   42
#define NONE   42
#define ALL    42
#define MASK   42
#define SHIFT  42
#define COUNT  42
#define SIZE   42
#define DEPTH  42
#define EMPTY  42
#define FULL   42
#define FREE   42
#define USED   42
#define LEVEL  42
#define I      42
#define N      42
#define R      42
#define S      42
#define L      42
#define T      42

#endif
