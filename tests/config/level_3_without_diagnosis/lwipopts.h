/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - two options that exclude each other. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#define CISTERN_CHECK     3
#define CISTERN_DIAGNOSIS 0

#endif
