# SPDX-License-Identifier: BSD-3-Clause
# A Linux of another architecture: CISTERN_ARCHITECTURE is the GNU name of its processor, and
# CISTERN_EMULATOR what runs its programs, empty if this host does. Programs are static, so that
# none of its libraries need be installed. The architecture musl is this host with another C library.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR ${CISTERN_ARCHITECTURE})
if(CISTERN_ARCHITECTURE STREQUAL musl)
  set(CMAKE_SYSTEM_PROCESSOR ${CMAKE_HOST_SYSTEM_PROCESSOR})
  set(CMAKE_C_COMPILER musl-gcc)
else()
  set(CMAKE_C_COMPILER ${CISTERN_ARCHITECTURE}-linux-gnu-gcc)
endif()
set(CMAKE_C_FLAGS_INIT -Wno-psabi) # an ABI that gcc 11 changed concerns no program that is built whole
set(CMAKE_EXE_LINKER_FLAGS_INIT -static)
set(CMAKE_CROSSCOMPILING_EMULATOR ${CISTERN_EMULATOR})
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES CISTERN_ARCHITECTURE CISTERN_EMULATOR)
