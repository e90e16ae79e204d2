/* os/os_error.h - Mynewt's error numbers. */
#ifndef H_OS_ERROR_
#define H_OS_ERROR_

#ifdef __cplusplus
extern "C" {
#endif

typedef enum os_error {
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
} os_error_t;

#ifdef __cplusplus
}
#endif

#endif
