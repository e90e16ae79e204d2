/* SPDX-License-Identifier: BSD-3-Clause */
/* os/os.h (standalone) - what Mynewt code includes for its OS; here, the part that concerns memory
 * pools. Used only when Mynewt's or NimBLE's own tree is absent. */
#ifndef H_OS_OS_
#define H_OS_OS_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "os/os_error.h"
#include "os/os_mempool.h"
#include "os/queue.h"

#endif
