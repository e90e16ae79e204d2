/* SPDX-License-Identifier: BSD-3-Clause */
/* fit_lwip.h - lwIP's own heap, as its documentation describes it, for devices that keep it. */
#ifndef CISTERN_TOOL_FIT_LWIP_H
#define CISTERN_TOOL_FIT_LWIP_H

#include "fit.h"

/* As fit_heap. */
replayed_t fit_lwip(const trace_t *trace, const target_t *target, size_t bytes, size_t min_size);

#endif
