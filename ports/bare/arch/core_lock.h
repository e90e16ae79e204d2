/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/core_lock.h (bare) - the TCP/IP core's lock and its checker: as on hosts. In an interrupt the
 * checker reports a fault in any case: a handler may not use the core, whoever holds its lock. */
#include "../../common/arch/core_lock.h"
