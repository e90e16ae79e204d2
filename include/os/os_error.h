/* SPDX-License-Identifier: BSD-3-Clause */
/* os/os_error.h - Mynewt's error numbers.
 *
 * A tree's own os/os_error.h that stands behind this one on the include path is used instead.
 */
#ifndef CISTERN_OS_ERROR_H
#define CISTERN_OS_ERROR_H

#ifdef __has_include_next
#    if __has_include_next("os/os_error.h")
#        define CISTERN_OS_ERROR_OF_THE_TREE 1
#    endif
#endif

#ifdef CISTERN_OS_ERROR_OF_THE_TREE

/* From here on this file counts as a system's header: include_next is no ISO C. */
#    pragma GCC system_header
#    include_next "os/os_error.h"

#else

#    ifdef __cplusplus
extern "C" {
#    endif

enum os_error {
    OS_OK = 0,              /* no error */
    OS_ENOMEM = 1,          /* out of memory */
    OS_EINVAL = 2,          /* invalid argument */
    OS_INVALID_PARM = 3,    /* invalid parameter */
    OS_MEM_NOT_ALIGNED = 4, /* memory is not aligned */
    OS_BAD_MUTEX = 5,       /* mutex not held by the caller */
    OS_TIMEOUT = 6,         /* timed out */
    OS_ERR_IN_ISR = 7,      /* not allowed in an interrupt */
    OS_ERR_PRIV = 8,        /* not privileged */
    OS_NOT_STARTED = 9,     /* the OS does not run yet */
    OS_ENOENT = 10,         /* no such thing */
    OS_EBUSY = 11,          /* in use */
    OS_ERROR = 12           /* any other error */
};

typedef enum os_error os_error_t;

/* The number that the system's calls return for an error of the OS: SYS_E... of Mynewt's
 * defs/error.h; SYS_EUNKNOWN, -13, where there is none of its own. Constant time, any context. */
static inline int os_error_to_sys(os_error_t os_error)
{
    switch (os_error) {
    case OS_OK:
        return 0; /* SYS_EOK */
    case OS_ENOMEM:
        return -1; /* SYS_ENOMEM */
    case OS_EINVAL:
    case OS_INVALID_PARM:
        return -2; /* SYS_EINVAL */
    case OS_TIMEOUT:
        return -3; /* SYS_ETIMEOUT */
    case OS_ENOENT:
        return -4; /* SYS_ENOENT */
    case OS_EBUSY:
        return -8; /* SYS_EBUSY */
    default:
        return -13; /* SYS_EUNKNOWN */
    }
}

#    ifdef __cplusplus
}
#    endif

#endif

#endif
