# SPDX-License-Identifier: BSD-3-Clause
# The part that all Cortex-M boards share. A board's file sets BOARD, CPU and MEMORY before.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR arm)
set(CMAKE_C_COMPILER arm-none-eabi-gcc)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)

# picolibc's names for the two handlers that the port defines.
set(CMAKE_C_FLAGS_INIT "-mcpu=${CPU} -mthumb --specs=picolibc.specs -ffunction-sections \
-fdata-sections -DCISTERN_BARE_SYSTICK_HANDLER=arm_systick_isr \
-DCISTERN_BARE_PENDSV_HANDLER=arm_pendsv_isr")
set(CMAKE_EXE_LINKER_FLAGS_INIT "--oslib=semihost --crt0=semihost -Wl,--gc-sections ${MEMORY}")

set(CISTERN_PORT "bare;bare/cortex-m" CACHE STRING "" FORCE)
set(CISTERN_BOARD ${BOARD} CACHE STRING "" FORCE)
set(CISTERN_BOARD_TIMER_HZ ${TIMER_HZ} CACHE STRING "" FORCE)
if(NOT CPU STREQUAL cortex-m0)
  set(CISTERN_BASEPRI ON CACHE BOOL "" FORCE)
endif()
set(CISTERN_PROGRAM_SOURCES ${CMAKE_CURRENT_LIST_DIR}/../hooks.c CACHE STRING "" FORCE)
set(CMAKE_CROSSCOMPILING_EMULATOR "${CMAKE_CURRENT_LIST_DIR}/../run.sh;${BOARD}")
