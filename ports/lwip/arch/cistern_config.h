/* arch/cistern_config.h (lwip) - whether the engines enter a section at all: they do where the port
 * protects anything, be it by macros of its own beside SYS_LIGHTWEIGHT_PROT 0, as lwIP does. */
#ifndef CISTERN_ARCH_CONFIG_H
#define CISTERN_ARCH_CONFIG_H

#include "lwip/arch.h"
#include "lwip/opt.h"

#ifndef CISTERN_CRITICAL
#    define CISTERN_CRITICAL_BY_PORT
#    if SYS_LIGHTWEIGHT_PROT || defined SYS_ARCH_PROTECT
#        define CISTERN_CRITICAL 1
#    else
#        define CISTERN_CRITICAL 0
#    endif
#endif

#endif
