# SPDX-License-Identifier: BSD-3-Clause
# QEMU's virt machine with a 32-bit RISC-V hart: integer, multiply, atomic and compressed.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR riscv32)
set(CMAKE_C_COMPILER riscv64-unknown-elf-gcc)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)

set(CMAKE_C_FLAGS_INIT "-march=rv32imac -misa-spec=2.2 -mabi=ilp32 -mcmodel=medany --specs=picolibc.specs \
-ffunction-sections -fdata-sections")
set(CMAKE_EXE_LINKER_FLAGS_INIT "--oslib=semihost --crt0=semihost -Wl,--gc-sections \
-Wl,--defsym=__flash=0x80000000,--defsym=__flash_size=0x200000 \
-Wl,--defsym=__ram=0x80200000,--defsym=__ram_size=0x400000,--defsym=__stack_size=0x4000")

set(CISTERN_PORT "bare;bare/riscv" CACHE STRING "" FORCE)
set(CISTERN_BOARD virt-rv32 CACHE STRING "" FORCE)
set(CISTERN_BOARD_TIMER_HZ 10000000 CACHE STRING "" FORCE)
set(CISTERN_PROGRAM_SOURCES ${CMAKE_CURRENT_LIST_DIR}/../hooks.c CACHE STRING "" FORCE)
set(CMAKE_CROSSCOMPILING_EMULATOR "${CMAKE_CURRENT_LIST_DIR}/../run.sh;virt-rv32")
