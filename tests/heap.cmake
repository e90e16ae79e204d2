# The heap: each fit with each width of index.

foreach(fit good first)
  foreach(bits 16 32 64)
    set(variant ${fit}_${bits})
    set(options CISTERN_HEAP_FIT=${fit} CISTERN_HEAP_INDEX_BITS=${bits})
    cistern_add_test(heap_${variant}_test SOURCES unit/heap_test.c DEFINES ${options})
    cistern_add_test(heap_model_${variant}_test SOURCES model/heap_model_test.c DEFINES ${options})
    if(TARGET heap_model_${variant}_test)
      add_test(NAME ${CISTERN_TEST_PREFIX}heap_model_${variant}_full
        COMMAND heap_model_${variant}_test 1000000)
      set_tests_properties(${CISTERN_TEST_PREFIX}heap_model_${variant}_full
        PROPERTIES LABELS full TIMEOUT 600)
    endif()
  endforeach()
endforeach()

# lwIP's heap: each backend is a configuration of its own.
set(config ${CMAKE_CURRENT_SOURCE_DIR}/config)
cistern_add_test(mem_arena_test SOURCES unit/mem_test.c CONFIG ${config}/mem_arena)
cistern_add_test(mem_sanity_test SOURCES unit/mem_test.c CONFIG ${config}/mem_sanity)
cistern_add_test(mem_pointer_test SOURCES unit/mem_pointer_test.c CONFIG ${config}/mem_pointer)
cistern_add_test(mem_libc_test SOURCES unit/mem_custom_test.c CONFIG ${config}/mem_libc)
cistern_add_test(mem_custom_test SOURCES unit/mem_custom_test.c CONFIG ${config}/mem_custom)
cistern_add_test(mem_pools_test SOURCES unit/mem_pools_test.c CONFIG ${config}/mem_pools)
cistern_add_test(mem_bigger_test SOURCES unit/mem_pools_test.c CONFIG ${config}/mem_bigger)
