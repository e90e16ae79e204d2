# SPDX-License-Identifier: BSD-3-Clause
# The engines (pools, heap, faults) as a component of ESP-IDF's. lwIP's and Mynewt's interfaces are left
# out: ESP-IDF has an lwIP and a NimBLE of its own, whose headers and symbols have the same names. So
# only include/cistern is made public, by a copy. Options: Kconfig, in idf.py menuconfig.

get_filename_component(root ${CMAKE_CURRENT_LIST_DIR} DIRECTORY)
set(headers ${CMAKE_CURRENT_BINARY_DIR}/cistern_headers)
if(NOT CMAKE_BUILD_EARLY_EXPANSION) # where only the component's needs are asked for
  file(GLOB sources CONFIGURE_DEPENDS ${root}/src/fault/*.c ${root}/src/pool/*.c ${root}/src/heap/*.c
    ${root}/src/trace/*.c ${root}/ports/esp-idf/*.c)
  file(COPY ${root}/include/cistern DESTINATION ${headers}
    PATTERN pbuf*.h EXCLUDE PATTERN chksum.h EXCLUDE)
endif()
idf_component_register(SRCS ${sources}
  INCLUDE_DIRS ${headers} ${root}/ports/esp-idf
  PRIV_INCLUDE_DIRS ${root}/src
  REQUIRES freertos
  PRIV_REQUIRES esp_rom)
# Not lwipopts.h: a component that can see lwIP's would compile with other options than this one.
target_compile_definitions(${COMPONENT_LIB} PUBLIC "CISTERN_CONFIG_HEADER=\"cistern_options.h\"")
