# SPDX-License-Identifier: BSD-3-Clause
# cmocka for a target without an operating system: upstream's source, compiled against the target's
# C library. It gets the name that the host's package has.
set(source ${PROJECT_BINARY_DIR}/../sources/cmocka)
execute_process(COMMAND ${PROJECT_SOURCE_DIR}/cmake/source.sh cmocka ${source}
  COMMAND_ERROR_IS_FATAL ANY)
add_library(cmocka STATIC ${source}/src/cmocka.c)
target_include_directories(cmocka SYSTEM PUBLIC ${source}/include)
target_compile_definitions(cmocka PRIVATE HAVE_INTTYPES_H HAVE_SIGNAL_H)
set_target_properties(cmocka PROPERTIES C_EXTENSIONS ON)
if(CMAKE_SYSTEM_PROCESSOR STREQUAL avr)
  # avr-libc prints no 64-bit numbers and has no signals.
  target_include_directories(cmocka PRIVATE ${CMAKE_CURRENT_LIST_DIR}/avr/include)
  target_compile_definitions(cmocka PUBLIC "LargestIntegralType=unsigned long"
    LargestIntegralTypePrintfFormat="0x%lx" LargestIntegralTypePrintfFormatDecimal="%lu")
endif()
add_library(PkgConfig::CMOCKA ALIAS cmocka)
