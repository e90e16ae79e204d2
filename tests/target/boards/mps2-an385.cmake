# SPDX-License-Identifier: BSD-3-Clause
# Arm MPS2 with a Cortex-M3: 4 MB of memory for code, 4 MB for data.
set(BOARD mps2-an385)
set(CPU cortex-m3)
set(TIMER_HZ 25000000)
set(MEMORY "-Wl,--defsym=__flash=0,--defsym=__flash_size=0x400000 \
-Wl,--defsym=__ram=0x20000000,--defsym=__ram_size=0x400000,--defsym=__stack_size=0x4000")
include(${CMAKE_CURRENT_LIST_DIR}/cortex-m.cmake)
