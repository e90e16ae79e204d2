# SPDX-License-Identifier: BSD-3-Clause
# The damage fuzzers, each with an engine alone, whose basic blocks call the counter of
# tests/model/damage.h. Short in `make test`, with sanitizers too. In `make test-full` each runs 400,000
# scenarios, in which a million places are damaged, without: what they guard is memory of no allocator's.
# DAMAGES=N on its command line makes that N scenarios.
#
# damage_add_test(NAME ENGINE [DEFINES ...])
#   tests/model/damage_ENGINE_test.c on the engine of src/ENGINE built with DEFINES, as one file.
include(CheckCSourceCompiles)
set(CMAKE_REQUIRED_FLAGS -fsanitize-coverage=trace-pc)
check_c_source_compiles("void __sanitizer_cov_trace_pc(void) {} int main(void) { return 0; }"
  CISTERN_HAS_TRACE_PC)
unset(CMAKE_REQUIRED_FLAGS)
if(NOT CISTERN_PORT STREQUAL posix OR CISTERN_SANITIZE MATCHES thread OR CMAKE_CROSSCOMPILING OR
   CMAKE_CROSSCOMPILING_EMULATOR OR
   NOT CISTERN_HAS_TRACE_PC)
  return()
endif()

cistern_at_once(HEAP_PORT_SOURCES damage_port)
add_library(damage_port STATIC ${HEAP_PORT_SOURCES})
target_include_directories(damage_port
  PUBLIC ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/include/standalone ${CISTERN_PORT_DIRS}
  PRIVATE ${PROJECT_SOURCE_DIR}/src)
target_compile_definitions(damage_port PRIVATE CISTERN_COMPARE_OPTIONS=0) # one port for all levels
target_link_libraries(damage_port PUBLIC ${CISTERN_SYSTEM_LIBRARIES})

function(damage_add_test NAME ENGINE)
  cistern_is_repeated(repeated model/damage_${ENGINE}_test.c)
  if(repeated)
    return()
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${ENGINE}/*.c
    ${PROJECT_SOURCE_DIR}/src/fault/*.c)
  cistern_at_once(sources damage_${ENGINE})
  add_library(${NAME}_library STATIC ${sources})
  target_include_directories(${NAME}_library PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_compile_definitions(${NAME}_library PUBLIC ${ARGN})
  target_compile_options(${NAME}_library PRIVATE ${CISTERN_WARNINGS} -O1 -fsanitize-coverage=trace-pc)
  target_link_libraries(${NAME}_library PUBLIC damage_port)
  add_executable(${NAME} model/damage_${ENGINE}_test.c)
  target_compile_options(${NAME} PRIVATE ${CISTERN_WARNINGS} -O2)
  target_compile_definitions(${NAME} PRIVATE DAMAGE_COUNTS_STEPS)
  target_include_directories(${NAME} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${NAME} PRIVATE ${NAME}_library PkgConfig::CMOCKA)
  add_test(NAME ${CISTERN_TEST_PREFIX}${NAME} COMMAND ${NAME})
  set_tests_properties(${CISTERN_TEST_PREFIX}${NAME} PROPERTIES TIMEOUT ${CISTERN_TEST_TIMEOUT})
  cistern_add_long_test(${NAME}_full ${NAME} 400000 "^$")
endfunction()

foreach(level 1 2 3)
  foreach(strategy none mutex lock_free cached)
    set(defines CISTERN_CHECK=${level} CISTERN_POOL_HISTORY=4)
    if(NOT strategy STREQUAL none)
      list(APPEND defines DAMAGE_STRATEGY=&cistern_pool_${strategy})
    endif()
    damage_add_test(damage_pool_${strategy}_${level}_test pool ${defines})
  endforeach()
  foreach(fit good first)
    foreach(bits 16 32 64)
      damage_add_test(damage_heap_${fit}_${bits}_${level}_test heap CISTERN_CHECK=${level}
        CISTERN_CRITICAL=0 CISTERN_HEAP_BYTES=8192 CISTERN_HEAP_FIT=${fit} CISTERN_HEAP_INDEX_BITS=${bits})
    endforeach()
  endforeach()
endforeach()
