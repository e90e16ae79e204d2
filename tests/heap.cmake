# SPDX-License-Identifier: BSD-3-Clause
# The heap engine: each fit with each width of index, as a library of no more than it needs; no
# program here uses threads.
#
# heap_add_tests(VARIANT TESTS kind... [DEFINES ...])
#   These tests of the heap built with DEFINES; the model also at full length.
if(CISTERN_PORT MATCHES "posix|win32")
  set(HEAP_PORT_SOURCES ${PROJECT_SOURCE_DIR}/ports/${CISTERN_PORT}/sys_host.c
                        ${PROJECT_SOURCE_DIR}/ports/common/critical.c
                        ${PROJECT_SOURCE_DIR}/ports/common/quick_lock.c
                        ${PROJECT_SOURCE_DIR}/ports/common/threads.c
                        ${PROJECT_SOURCE_DIR}/ports/common/platform.c)
else()
  set(HEAP_PORT_SOURCES ${PROJECT_SOURCE_DIR}/ports/bare/platform.c
                        ${PROJECT_SOURCE_DIR}/ports/bare/sys_time.c)
  set(HEAP_PORT_DEFINES NO_SYS=1)
endif()

file(GLOB heap CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/heap/*.c)
list(PREPEND heap ${HEAP_PORT_SOURCES})
list(APPEND heap ${PROJECT_SOURCE_DIR}/src/fault/fault.c)
cistern_at_once(heap heap)

function(heap_add_tests VARIANT)
  cmake_parse_arguments(ARG "" "" "TESTS;DEFINES" ${ARGN})
  set(library heap_${VARIANT})
  add_library(${library} STATIC ${heap})
  target_include_directories(${library}
    PUBLIC ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/include/standalone
           ${CISTERN_PORT_DIRS}
    PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_compile_definitions(${library} PUBLIC ${ARG_DEFINES} ${HEAP_PORT_DEFINES})
  target_compile_options(${library} PRIVATE ${CISTERN_WARNINGS})
  target_link_libraries(${library} PUBLIC ${CISTERN_SYSTEM_LIBRARIES})
  if(CISTERN_SMALL)
    list(REMOVE_ITEM ARG_TESTS model/heap_model)
  endif()
  foreach(kind ${ARG_TESTS})
    get_filename_component(name ${kind} NAME)
    string(REPLACE heap heap_${VARIANT} name ${name})
    add_executable(${name}_test ${kind}_test.c ${CISTERN_PROGRAM_SOURCES})
    target_compile_options(${name}_test PRIVATE ${CISTERN_WARNINGS})
    target_include_directories(${name}_test PRIVATE ${PROJECT_SOURCE_DIR}/tests)
    target_link_libraries(${name}_test PRIVATE ${library} PkgConfig::CMOCKA)
    add_test(NAME ${CISTERN_TEST_PREFIX}${name}_test COMMAND ${name}_test)
    set_tests_properties(${CISTERN_TEST_PREFIX}${name}_test PROPERTIES
      TIMEOUT ${CISTERN_TEST_TIMEOUT})
  endforeach()
  cistern_add_long_test(heap_${VARIANT}_model_full heap_${VARIANT}_model_test 1000000 address)
endfunction()

if(NOT CISTERN_SANITIZE MATCHES thread)
  set(all_tests unit/heap unit/heap_damage model/heap_model)
  heap_add_tests(default TESTS ${all_tests})
  heap_add_tests(lines TESTS unit/heap_lines model/heap_model DEFINES CISTERN_HEAP_CACHE_LINE=32)
  heap_add_tests(lines_guarded TESTS unit/heap_lines
    DEFINES CISTERN_HEAP_CACHE_LINE=64 CISTERN_CHECK=2)
  heap_add_tests(plain TESTS model/heap_model DEFINES CISTERN_CHECK=0)
  heap_add_tests(plain_first TESTS model/heap_model DEFINES CISTERN_CHECK=0 CISTERN_HEAP_FIT=first)
  heap_add_tests(guards TESTS unit/heap_guard model/heap_model DEFINES CISTERN_CHECK=2)
  heap_add_tests(owners TESTS unit/heap_guard model/heap_model
    DEFINES CISTERN_CHECK=3 CISTERN_HEAP_FIT=first)
  foreach(fit good first)
    foreach(bits 16 32 64)
      heap_add_tests(${fit}_${bits} TESTS ${all_tests}
        DEFINES CISTERN_HEAP_FIT=${fit} CISTERN_HEAP_INDEX_BITS=${bits})
    endforeach()
  endforeach()
endif()

# lwIP's heap: each backend is a configuration of its own.
set(config ${CMAKE_CURRENT_SOURCE_DIR}/config)
set(one_stack CISTERN_BARE_THREADS=1) # so that the heap and its test fit into 16 KB
cistern_add_test(mem_arena_test SOURCES unit/mem_test.c CONFIG ${config}/mem_arena
  DEFINES ${one_stack})
cistern_add_test(mem_owner_test SOURCES unit/mem_owner_test.c LABELS big CONFIG ${config}/mem_arena
  DEFINES CISTERN_CHECK=3)
# The least alignment at which an arena was refused, and one beyond.
foreach(alignment 64 128)
  cistern_add_test(mem_aligned_${alignment}_test SOURCES unit/mem_aligned_test.c LABELS big
    CONFIG ${config}/mem_arena DEFINES MEM_ALIGNMENT=${alignment})
endforeach()
cistern_add_test(mem_sanity_test SOURCES unit/mem_test.c CONFIG ${config}/mem_sanity
  DEFINES ${one_stack})
cistern_add_test(mem_no_regions_test SOURCES unit/mem_test.c LABELS big CONFIG ${config}/mem_no_regions)
cistern_add_test(mem_pointer_test SOURCES unit/mem_pointer_test.c LABELS big CONFIG ${config}/mem_pointer)
cistern_add_test(mem_wide_test SOURCES unit/mem_wide_test.c LABELS hosted CONFIG ${config}/mem_wide)
cistern_add_test(mem_libc_test SOURCES unit/mem_custom_test.c CONFIG ${config}/mem_libc)
cistern_add_test(mem_custom_test SOURCES unit/mem_custom_test.c CONFIG ${config}/mem_custom)
cistern_add_test(mem_custom_aligned_test SOURCES unit/mem_custom_test.c CONFIG ${config}/mem_custom
  DEFINES MEM_ALIGNMENT=64 MEM_STATS=1)
cistern_add_test(mem_clib_test SOURCES unit/mem_custom_test.c CONFIG ${config}/mem_custom
  DEFINES USER_CLIB=1)
cistern_add_test(mem_pools_test SOURCES unit/mem_pools_test.c CONFIG ${config}/mem_pools)
cistern_add_test(mem_lock_free_pools_test SOURCES unit/mem_pools_test.c CONFIG ${config}/mem_pools
  LABELS hosted DEFINES CISTERN_MEMP_LOCK_FREE=1)
cistern_add_test(mem_bigger_test SOURCES unit/mem_pools_test.c CONFIG ${config}/mem_bigger)

cistern_add_test(mem_race_test SOURCES race/mem_race_test.c LABELS host threads)

# Each backend against the model, also at full length.
foreach(backend arena sanity libc custom pools bigger)
  cistern_add_test(mem_${backend}_model_test SOURCES model/mem_model_test.c LABELS big
    CONFIG ${config}/mem_${backend})
  cistern_add_long_test(mem_${backend}_model_full mem_${backend}_model_test 1000000 address)
endforeach()
