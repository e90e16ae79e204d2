/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h of a project one of whose clients reads blocks that it gave back. */
#ifndef MYNEWT_KEPT_LWIPOPTS_H
#define MYNEWT_KEPT_LWIPOPTS_H

#define OS_MEMPOOL_KEEPS_CONTENT(name) (strncmp(name, "kept", 4) == 0)

#endif
