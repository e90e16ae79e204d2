/* SPDX-License-Identifier: BSD-3-Clause */
/* marks.h - the two functions between which the trace plugin looks. */
#ifndef CISTERN_TESTS_TARGET_MARKS_H
#define CISTERN_TESTS_TARGET_MARKS_H

void trace_begin(void);
void trace_end(void);

#endif
