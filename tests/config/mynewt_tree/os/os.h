/* SPDX-License-Identifier: BSD-3-Clause */
/* os/os.h - as a tree of Mynewt's or NimBLE's has its own: with what it needs from its OS, and
 * OS_ALIGN and OS_ALIGNMENT before the headers that this library replaces. */
#ifndef TEST_TREE_OS_H
#define TEST_TREE_OS_H

#include <stdlib.h>
#include <string.h>

#define OS_ALIGN(n, alignment) ((((n) + (alignment)-1) / (alignment)) * (alignment))
#define OS_ALIGNMENT           16

/* Trees have these inside. */
#ifdef __cplusplus
extern "C" {
#endif

#include "os/queue.h"

#include "os/os_error.h"
#include "os/os_mempool.h"

#ifdef __cplusplus
}
#endif

#endif
