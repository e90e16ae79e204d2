# SPDX-License-Identifier: BSD-3-Clause
# Tests of the pool engine and of both faces on it.

set(config ${CMAKE_CURRENT_SOURCE_DIR}/config)

cistern_add_test(pool_test SOURCES unit/pool_test.c LABELS big)
cistern_add_test(pool_misuse_test SOURCES unit/pool_misuse_test.c)
cistern_add_test(pool_plain_test SOURCES unit/pool_misuse_test.c DEFINES CISTERN_POOL_EXTRAS=0)
cistern_add_test(pool_damage_test SOURCES unit/pool_damage_test.c)
foreach(level 1 2)
  cistern_add_test(pool_level_${level}_diagnosis_test SOURCES unit/pool_diagnosis_test.c
    DEFINES CISTERN_CHECK=${level} CISTERN_DIAGNOSIS=0)
endforeach()
cistern_add_test(pool_level_0_diagnosis_test SOURCES unit/pool_test.c
  DEFINES CISTERN_CHECK=0 CISTERN_DIAGNOSIS=0 LABELS big)
cistern_add_test(pool_level_0_test SOURCES unit/pool_test.c DEFINES CISTERN_CHECK=0 LABELS big)
foreach(level 2 3)
  cistern_add_test(pool_level_${level}_test SOURCES unit/pool_test.c DEFINES CISTERN_CHECK=${level}
    LABELS hosted)
  cistern_add_test(pool_level_${level}_misuse_test SOURCES unit/pool_misuse_test.c
    DEFINES CISTERN_CHECK=${level} ${one_stack})
  cistern_add_test(pool_level_${level}_damage_test SOURCES unit/pool_damage_test.c
    DEFINES CISTERN_CHECK=${level} ${one_stack})
  cistern_add_test(pool_level_${level}_history_test SOURCES unit/pool_history_test.c
    DEFINES CISTERN_CHECK=${level})
  cistern_add_test(pool_level_${level}_strategy_test SOURCES unit/pool_strategy_test.c
    DEFINES CISTERN_CHECK=${level} LABELS host threads)
endforeach()
cistern_add_test(pool_shared_damage_test SOURCES unit/pool_shared_damage_test.c LABELS host)
foreach(level 2 3)
  cistern_add_test(pool_level_${level}_shared_damage_test SOURCES unit/pool_shared_damage_test.c
    DEFINES CISTERN_CHECK=${level} LABELS host)
  cistern_add_test(pool_level_${level}_stress_test SOURCES race/pool_stress_test.c
    DEFINES CISTERN_CHECK=${level} LABELS host threads)
endforeach()
cistern_add_test(pool_strategy_test SOURCES unit/pool_strategy_test.c LABELS host threads)
cistern_add_test(pool_extras_test SOURCES unit/pool_extras_test.c LABELS host threads)
cistern_add_test(pool_section_test SOURCES unit/pool_section_test.c LABELS host SEPARATE critical.c)
if(TARGET pool_section_test)
  target_link_options(pool_section_test PRIVATE
    LINKER:--wrap=cistern_critical_enter,--wrap=cistern_critical_leave)
endif()
cistern_add_test(pool_thread_end_test SOURCES unit/pool_thread_end_test.c LABELS host threads
  SEPARATE sys_host.c)
if(TARGET pool_thread_end_test)
  target_link_options(pool_thread_end_test PRIVATE LINKER:--wrap=host_fence_heavy)
endif()
cistern_add_test(pool_caller_test SOURCES unit/pool_caller_test.c LABELS big
  DEFINES CISTERN_CHECK=3 OS_MEMPOOL_GUARD=1)
cistern_add_test(registry_test SOURCES unit/registry_test.c)

cistern_add_test(pool_double_put_test SOURCES race/pool_double_put_test.c LABELS host threads)
cistern_add_long_test(pool_double_put_full pool_double_put_test 20000 thread)

# Seeded runs of threads under every strategy: a few here, a thousand in `make test-all`.
cistern_add_test(pool_stress_test SOURCES race/pool_stress_test.c LABELS host threads)
cistern_add_long_test(pool_stress_full pool_stress_test 1000 thread)

# Races whose outcome a sanitizer's accesses would hide: the library and the test as they are used, in the
# trees of the other sanitizers too, so that `make test` has them.
function(pool_add_plain_race NAME SOURCE)
  add_executable(${NAME} ${SOURCE})
  target_include_directories(${NAME} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_compile_options(${NAME} PRIVATE ${CISTERN_WARNINGS})
  target_link_libraries(${NAME} PRIVATE cistern_plain_race PkgConfig::CMOCKA)
  add_test(NAME ${CISTERN_TEST_PREFIX}${NAME} COMMAND ${NAME} ${ARGN})
  set_tests_properties(${CISTERN_TEST_PREFIX}${NAME} PROPERTIES LABELS threads TIMEOUT 300)
endfunction()
if(CISTERN_PORT STREQUAL posix AND NOT CISTERN_SANITIZE MATCHES thread AND NOT CMAKE_CROSSCOMPILING AND
   NOT CMAKE_CROSSCOMPILING_EMULATOR)
  cistern_add_library(cistern_plain_race)
  target_compile_options(cistern_plain_race PUBLIC -O2 -fno-sanitize=all -UCISTERN_ASSERT)
  target_link_options(cistern_plain_race PUBLIC -fno-sanitize=all)
  pool_add_plain_race(pool_cache_race_test race/pool_cache_race_test.c)
  pool_add_plain_race(pool_stress_plain_test race/pool_stress_test.c 300)
endif()

cistern_add_test(os_mempool_test SOURCES unit/os_mempool_test.c LABELS big)
foreach(alignment 4 16)
  cistern_add_test(os_mempool_align${alignment}_test SOURCES unit/os_mempool_test.c
    DEFINES OS_ALIGNMENT=${alignment} LABELS big)
endforeach()
cistern_add_test(os_mempool_tree_test SOURCES unit/os_mempool_test.c CONFIG ${config}/mynewt_tree
  LABELS hosted)
cistern_add_test(os_mempool_guard_test SOURCES unit/os_mempool_test.c
  DEFINES OS_MEMPOOL_GUARD=1 OS_MEMPOOL_POISON=1 OS_MEMPOOL_CHECK=1 LABELS hosted)

# The contract at every level, alone and with the guards of Mynewt's option; and the tree's tracing.
cistern_add_test(os_mempool_contract_test SOURCES unit/os_mempool_contract_test.c)
foreach(level 0 2 3)
  cistern_add_test(os_mempool_level_${level}_contract_test
    SOURCES unit/os_mempool_contract_test.c DEFINES CISTERN_CHECK=${level})
endforeach()
foreach(level 2 3)
  cistern_add_test(os_mempool_level_${level}_guard_test
    SOURCES unit/os_mempool_contract_test.c LABELS hosted
    DEFINES CISTERN_CHECK=${level} OS_MEMPOOL_POISON=1 OS_MEMPOOL_GUARD=1)
endforeach()
foreach(level 0 1 2 3)
  cistern_add_test(os_mempool_level_${level}_kept_test SOURCES unit/os_mempool_kept_test.c LABELS hosted
    CONFIG ${config}/mynewt_kept DEFINES CISTERN_CHECK=${level})
endforeach()
cistern_add_test(os_mempool_level_2_kept_guard_test SOURCES unit/os_mempool_kept_test.c LABELS hosted
  CONFIG ${config}/mynewt_kept DEFINES CISTERN_CHECK=2 OS_MEMPOOL_POISON=1 OS_MEMPOOL_GUARD=1)
cistern_add_test(os_mempool_caller_test SOURCES unit/os_mempool_caller_test.c LABELS hosted
  DEFINES CISTERN_CHECK=3 OS_MEMPOOL_POISON=1 OS_MEMPOOL_GUARD=1)
cistern_add_test(os_mempool_trace_test SOURCES unit/os_mempool_trace_test.c
  CONFIG ${config}/mynewt_trace DEFINES OS_SYSVIEW_TRACE_MEMPOOL=1 LABELS hosted)

cistern_add_test(queue_test SOURCES unit/queue_test.c)
cistern_add_test(memp_test SOURCES unit/memp_test.c CONFIG ${config}/memp_custom LABELS big)
cistern_add_test(memp_level_0_test SOURCES target/levels_test.c LABELS host DEFINES CISTERN_CHECK=0)
cistern_add_test(memp_lock_free_test SOURCES unit/memp_test.c CONFIG ${config}/memp_custom LABELS hosted
  DEFINES CISTERN_MEMP_LOCK_FREE=1)
cistern_add_test(memp_lock_free_level_3_test SOURCES unit/memp_test.c CONFIG ${config}/memp_custom
  LABELS hosted DEFINES CISTERN_MEMP_LOCK_FREE=1 CISTERN_CHECK=3)
cistern_add_test(memp_lock_free_section_test SOURCES unit/memp_lock_free_section_test.c LABELS host
  DEFINES CISTERN_MEMP_LOCK_FREE=1 SEPARATE critical.c pool_lock_free.c)
if(TARGET memp_lock_free_section_test)
  target_link_options(memp_lock_free_section_test PRIVATE
    LINKER:--wrap=cistern_critical_enter,--wrap=cistern_critical_leave
    LINKER:--wrap=cistern_pool_lock_free_used,--wrap=cistern_pool_lock_free_most_used)
endif()
cistern_add_test(memp_lock_free_race_test SOURCES race/memp_lock_free_race_test.c LABELS host threads
  DEFINES CISTERN_MEMP_LOCK_FREE=1)
cistern_add_test(memp_document_test SOURCES unit/memp_document_test.c
  CONFIG ${config}/memp_document LABELS "host;big")
cistern_add_test(memp_section_test SOURCES unit/memp_section_test.c
  CONFIG ${config}/memp_section LABELS host)
cistern_add_test(memp_counts_test SOURCES unit/memp_counts_test.c CONFIG ${config}/memp_counts LABELS hosted)
if(CMAKE_SIZEOF_VOID_P EQUAL 8) # with pointers of 32 bits a lock-free pool has fewer than 65536 blocks
  cistern_add_test(memp_counts_lock_free_test SOURCES unit/memp_counts_test.c CONFIG ${config}/memp_counts
    LABELS hosted DEFINES CISTERN_MEMP_LOCK_FREE=1)
endif()
cistern_add_test(memp_heap_test SOURCES unit/memp_heap_test.c CONFIG ${config}/memp_heap LABELS big)
cistern_add_test(memp_heap_open_test SOURCES unit/memp_heap_open_test.c CONFIG ${config}/memp_heap_open
  LABELS big)
cistern_add_test(memp_heap_race_test SOURCES race/memp_heap_race_test.c CONFIG ${config}/memp_heap
  LABELS host threads)
cistern_add_test(memp_overflow_test SOURCES unit/memp_overflow_test.c
  CONFIG ${config}/memp_overflow LABELS "host;big")

# cistern_add_refusal(NAME CONFIG EXPECTED [SOURCE]): memp.c, or SOURCE, must not compile, and say this.
function(cistern_add_refusal NAME CONFIG EXPECTED)
  if(CISTERN_SANITIZE MATCHES thread OR CMAKE_CROSSCOMPILING)
    return()
  endif()
  set(source ${PROJECT_SOURCE_DIR}/src/memp/memp.c)
  if(ARGN)
    set(source ${ARGN})
  endif()
  get_target_property(folders cistern INTERFACE_INCLUDE_DIRECTORIES)
  list(TRANSFORM folders PREPEND -I)
  add_test(NAME ${CISTERN_TEST_PREFIX}${NAME} COMMAND ${CMAKE_C_COMPILER} -std=c11 -fsyntax-only
    -I${CONFIG} ${folders} -I${PROJECT_SOURCE_DIR}/src ${source})
  set_tests_properties(${CISTERN_TEST_PREFIX}${NAME} PROPERTIES PASS_REGULAR_EXPRESSION "${EXPECTED}")
endfunction()

cistern_add_refusal(level_3_needs_diagnosis ${config}/level_3_without_diagnosis
  "Level 3 names the last user of a block: set CISTERN_DIAGNOSIS to 1" ${PROJECT_SOURCE_DIR}/src/pool/pool.c)
cistern_add_refusal(memp_refuses_a_lock_free_heap ${config}/memp_lock_free_heap
  "The heap is not lock-free: set MEMP_MEM_MALLOC or")
cistern_add_refusal(pbuf_refuses_lengths_that_size_t_does_not_hold ${config}/pbuf_narrow
  "CISTERN_PBUF_LEN_32 needs a size_t of 32 bits: set it to 0")
cistern_add_refusal(pbuf_refuses_16_bit_results_of_32_bit_lengths ${config}/pbuf_options
  "cistern_pbuf_skip_needs_a_pointer_to_pbuf_len_t" ${config}/pbuf_options/skip.c)
if(NOT CISTERN_TEST_ONCE AND NOT CISTERN_SANITIZE MATCHES thread AND NOT CMAKE_CROSSCOMPILING)
  add_test(NAME ${CISTERN_TEST_PREFIX}lwippools COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/lwippools.sh
    ${CISTERN_SPACED_SOURCES} ${CMAKE_CURRENT_BINARY_DIR}/lwippools)
  set_tests_properties(${CISTERN_TEST_PREFIX}lwippools PROPERTIES TIMEOUT 600)
endif()
cistern_add_test(memp_includes_test SOURCES unit/memp_includes_test.c CONFIG ${config}/memp_lwippools_include)
