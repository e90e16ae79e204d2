# SPDX-License-Identifier: BSD-3-Clause
# 64-bit Windows, compiled by mingw-w64 with the system's own threads; programs run in Wine.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_C_COMPILER x86_64-w64-mingw32-gcc-win32)

# Programs of one file: Wine then needs to find no library.
set(CMAKE_EXE_LINKER_FLAGS_INIT "-static")

set(CISTERN_PORT win32 CACHE STRING "" FORCE)
set(CMAKE_CROSSCOMPILING_EMULATOR "${CMAKE_CURRENT_LIST_DIR}/wine.sh;${CMAKE_BINARY_DIR}/wine")
