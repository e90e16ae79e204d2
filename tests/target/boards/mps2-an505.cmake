# SPDX-License-Identifier: BSD-3-Clause
# Arm MPS2+ with a Cortex-M33: 4 MB of memory for code, 4 MB for data.
set(BOARD mps2-an505)
set(CPU cortex-m33+nofp)
set(TIMER_HZ 20000000)
set(MEMORY "-Wl,--defsym=__flash=0x10000000,--defsym=__flash_size=0x400000 \
-Wl,--defsym=__ram=0x38000000,--defsym=__ram_size=0x400000,--defsym=__stack_size=0x4000")
include(${CMAKE_CURRENT_LIST_DIR}/cortex-m.cmake)
