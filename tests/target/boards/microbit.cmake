# SPDX-License-Identifier: BSD-3-Clause
# BBC micro:bit, nRF51 with a Cortex-M0: 256 KB of flash, 16 KB of RAM.
set(BOARD microbit)
set(CPU cortex-m0)
set(TIMER_HZ 16000000)
set(MEMORY "-Wl,--defsym=__flash=0,--defsym=__flash_size=0x40000 \
-Wl,--defsym=__ram=0x20000000,--defsym=__ram_size=0x4000,--defsym=__stack_size=0x1000")
include(${CMAKE_CURRENT_LIST_DIR}/cortex-m.cmake)
set(CISTERN_SMALL ON CACHE BOOL "" FORCE)
string(APPEND CMAKE_C_FLAGS_INIT " -DPBUF_POOL_SIZE=2 -DMEMP_NUM_PBUF=4 -DCISTERN_BARE_GUARD_BYTES=64")
