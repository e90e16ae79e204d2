/* SPDX-License-Identifier: BSD-3-Clause */
/* report_template.h - the page but for its JSON, as report/embed.cmake made it. */
#ifndef CISTERN_TOOL_REPORT_TEMPLATE_H
#define CISTERN_TOOL_REPORT_TEMPLATE_H

#include <stddef.h>

/* Before the JSON and behind it; of 0 bytes where the chart library was missing. */
extern const unsigned char report_head[];
extern const size_t report_head_bytes;
extern const unsigned char report_tail[];
extern const size_t report_tail_bytes;

#endif
