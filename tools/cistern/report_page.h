/* SPDX-License-Identifier: BSD-3-Clause */
/* report_page.h - `cistern size --report`: one file that shows what is needed, and why.
 *
 * The page is a template (report/page.html with its style, its script and the chart library, put
 * together by report/embed.cmake) and one JSON text in it. */
#ifndef CISTERN_TOOL_REPORT_PAGE_H
#define CISTERN_TOOL_REPORT_PAGE_H

#include <stdbool.h>

#include <jansson.h>

#include "fit.h"
#include "report_record.h"
#include "size.h"
#include "survey.h"
#include "traffic.h"

/* What is at hand only while the captures are. */
typedef struct report_source {
    const size_result_t *result;
    const record_t *record;
    const survey_t *survey;
    const traffic_t *traffic;
    const device_t *device;
    trace_t heap; /* the heap's events */
} report_source_t;

/* False, after a message that names what is missing, if the program was built without the chart
 * library. */
bool report_page_available(void);

/* Curves, heap map and connections: what the page shows beyond the result. The caller's; NULL if
 * memory is short. */
json_t *report_page_traffic(const report_source_t *source);

/* Writes the page; `traffic` may be NULL, then it has no curves. False, after a message, if memory
 * is short or the file cannot be written. */
bool report_page_write(const char *path, const size_result_t *result, json_t *traffic);

#endif
