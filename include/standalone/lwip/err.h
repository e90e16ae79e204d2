/* SPDX-License-Identifier: BSD-3-Clause */
/* lwip/err.h (standalone) - error codes, used when lwIP itself is absent; same values as lwIP's. */
#ifndef LWIP_HDR_ERR_H
#define LWIP_HDR_ERR_H

#include "lwip/arch.h"
#include "lwip/opt.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef s8_t err_t;

typedef enum {
    ERR_OK = 0,          /* no error */
    ERR_MEM = -1,        /* out of memory */
    ERR_BUF = -2,        /* buffer error */
    ERR_TIMEOUT = -3,    /* timeout */
    ERR_RTE = -4,        /* no route */
    ERR_INPROGRESS = -5, /* operation in progress */
    ERR_VAL = -6,        /* illegal value */
    ERR_WOULDBLOCK = -7, /* operation would block */
    ERR_USE = -8,        /* address in use */
    ERR_ALREADY = -9,    /* already connecting */
    ERR_ISCONN = -10,    /* connection established already */
    ERR_CONN = -11,      /* not connected */
    ERR_IF = -12,        /* network interface error */
    ERR_ABRT = -13,      /* connection aborted */
    ERR_RST = -14,       /* connection reset */
    ERR_CLSD = -15,      /* connection closed */
    ERR_ARG = -16        /* illegal argument */
} err_enum_t;

#ifdef __cplusplus
}
#endif

#endif
