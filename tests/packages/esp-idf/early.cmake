# SPDX-License-Identifier: BSD-3-Clause
# As ESP-IDF asks a component what it requires: cmake -D ESP_PLATFORM=1 -D COMPONENT=dir -P early.cmake
macro(idf_component_register)
  cmake_parse_arguments(ARG "" "" "SRCS;INCLUDE_DIRS;PRIV_INCLUDE_DIRS;REQUIRES;PRIV_REQUIRES" ${ARGN})
  set(requires ${ARG_REQUIRES} ${ARG_PRIV_REQUIRES})
  return()
endmacro()
set(CMAKE_BUILD_EARLY_EXPANSION 1)
include(${COMPONENT}/CMakeLists.txt)
if(NOT requires STREQUAL "freertos;esp_rom")
  message(FATAL_ERROR "the component requires: ${requires}")
endif()
