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
