/* SPDX-License-Identifier: BSD-3-Clause */
/* cistern/error.h - what a call of an engine returns where it can fail in more than one way. */
#ifndef CISTERN_ERROR_H
#define CISTERN_ERROR_H

typedef enum cistern_error {
    CISTERN_OK = 0,
    CISTERN_ERROR_ARGUMENT,  /* a NULL, zero or contradictory argument; nothing was changed */
    CISTERN_ERROR_ALIGNMENT, /* memory handed over is not aligned as required */
    CISTERN_ERROR_SIZE,      /* a size does not fit the memory, the block or the address space */
    CISTERN_ERROR_TIMEOUT,   /* no block became free in time */
    CISTERN_ERROR_FAULT      /* misuse or damage: the fault handler was called, the call refused */
} cistern_error_t;

#endif
