/* SPDX-License-Identifier: BSD-3-Clause */
/* os/mynewt.h (standalone) - what most Mynewt code includes: configuration, then the OS. */
#ifndef H_OS_MYNEWT_
#define H_OS_MYNEWT_

#if defined __has_include
#    if __has_include("syscfg/syscfg.h")
#        include "syscfg/syscfg.h"
#    endif
#endif

#include "os/os.h"

#endif
