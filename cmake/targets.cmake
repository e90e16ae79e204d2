# SPDX-License-Identifier: BSD-3-Clause
# The targets of a project that takes the library in, by find_package, add_subdirectory or
# FetchContent:
#   cistern::engine   pools, heap, faults: include/cistern
#   cistern::lwip     the same, and lwIP's mem, memp, pbuf, sys ...
#   cistern::mynewt   the same, and Mynewt's os_mempool
# They are one archive, of which a program links what it uses. Before it, the project may set
#   CISTERN_CONFIG    folders with its lwipopts.h (and lwippools.h); none: every option's default
#   CISTERN_PORT      see cmake/cistern.cmake
#   CISTERN_LWIP      lwIP's src/include, where lwIP itself is present
# A project that needs several configurations calls cistern_add_library for each instead.

if(NOT TARGET cistern_configured)
  set(lwip)
  if(CISTERN_LWIP)
    set(lwip LWIP ${CISTERN_LWIP})
  endif()
  cistern_add_library(cistern_configured CONFIG ${CISTERN_CONFIG} ${lwip})
  foreach(interface engine lwip mynewt)
    add_library(cistern::${interface} ALIAS cistern_configured)
  endforeach()
endif()
