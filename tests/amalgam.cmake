# SPDX-License-Identifier: BSD-3-Clause
# The library as `make amalgam` writes it, with tests of each part on it.

find_program(CISTERN_PYTHON python3 REQUIRED)
set(amalgam ${CMAKE_CURRENT_BINARY_DIR}/amalgam)
set(amalgam_script ${PROJECT_SOURCE_DIR}/tools/amalgam.py)
set(parts ${amalgam}/cistern.c ${amalgam}/cistern_lwip.c ${amalgam}/cistern_mynewt.c)
file(GLOB_RECURSE originals CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/*.[ch]
  ${PROJECT_SOURCE_DIR}/include/*.h)
list(TRANSFORM parts REPLACE "c$" "h" OUTPUT_VARIABLE part_headers)
add_custom_command(OUTPUT ${parts} ${part_headers}
  COMMAND ${CISTERN_PYTHON} ${amalgam_script} ${amalgam}
  DEPENDS ${amalgam_script} ${originals}
  COMMENT "Writing the library as few files")

set(port ${CISTERN_PORT_SOURCES})
cistern_at_once(port amalgam_port)

# amalgam_add_tests(VARIANT [CONFIG dir] TESTS name...): unit tests on the amalgam of that configuration
function(amalgam_add_tests VARIANT)
  cmake_parse_arguments(ARG "" "CONFIG" "TESTS" ${ARGN})
  set(library amalgam_${VARIANT})
  add_library(${library} STATIC ${parts} ${port})
  target_include_directories(${library}
    PUBLIC ${ARG_CONFIG} ${amalgam} ${amalgam}/include ${CISTERN_PORT_DIRS})
  target_compile_options(${library} PRIVATE ${CISTERN_WARNINGS})
  target_link_libraries(${library} PUBLIC ${CISTERN_SYSTEM_LIBRARIES})
  foreach(name ${ARG_TESTS})
    cistern_add_test(amalgam_${name}_test SOURCES unit/${name}_test.c LIBRARY ${library} LABELS big)
  endforeach()
endfunction()

if(NOT CISTERN_SMALL AND NOT CISTERN_SANITIZE MATCHES thread)
  amalgam_add_tests(default TESTS heap pool pool_misuse registry fault pbuf pbuf_misuse inet_chksum
    os_mempool os_mempool_contract)
  amalgam_add_tests(arena CONFIG ${CMAKE_CURRENT_SOURCE_DIR}/config/mem_arena TESTS mem)
  amalgam_add_tests(custom CONFIG ${CMAKE_CURRENT_SOURCE_DIR}/config/memp_custom TESTS memp)
endif()
