# SPDX-License-Identifier: BSD-3-Clause
# How the tests are built.
#
# cistern_add_example(NAME EXPECTED)
#   The program examples/NAME.c; as a test, it must print what the regular expression expects.
#
# cistern_add_test(NAME SOURCES ... [CONFIG dir...] [DEFINES ...] [LIBRARY target] [LABELS ...] [SEPARATE])
#   A cmocka program on a build of the library with CONFIG and DEFINES, which it shares with the other
#   tests that give the same, on LIBRARY, or on the default build when none of the three are given.
#   LABELS: hosted (needs an operating system, any), host (needs POSIX), threads (needs an operating
#   system with threads; also runs under ThreadSanitizer, where no other test is built), full (too
#   long for `make test`; part of `make test-all`), big (needs more than 16 KB of RAM: not built where
#   CISTERN_SMALL is set; neither are the examples). SEPARATE: the test puts itself between functions
#   of the library, whose files are then compiled one by one.
#
# cistern_add_long_test(NAME TEST ARGUMENT SANITIZER)
#   The program of TEST again, with ARGUMENT for its full length: label full, in the tree of that
#   sanitizer (address, thread) alone.

# All of src as one file, for tests that compile it themselves, with src on the include path.
file(GLOB sources RELATIVE ${PROJECT_SOURCE_DIR}/src CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/*/*.c)
list(TRANSFORM sources REPLACE "(.+)" "#include \"\\1\"\n")
list(JOIN sources "" sources)
set(CISTERN_SRC ${PROJECT_BINARY_DIR}/src_at_once.c)
file(CONFIGURE OUTPUT ${CISTERN_SRC} CONTENT "${sources}")

set(CISTERN_TEST_TIMEOUT 120 CACHE STRING "Seconds after which a test has failed")

function(cistern_add_test NAME)
  cmake_parse_arguments(ARG "SEPARATE" "LIBRARY" "SOURCES;CONFIG;DEFINES;LABELS" ${ARGN})
  if(ARG_SEPARATE)
    set(CISTERN_UNITY OFF)
  endif()
  if(CISTERN_SANITIZE MATCHES thread AND NOT threads IN_LIST ARG_LABELS)
    return()
  endif()
  if(NOT CISTERN_PORT STREQUAL posix AND host IN_LIST ARG_LABELS)
    return()
  endif()
  if(NOT CISTERN_PORT MATCHES "posix|win32" AND ARG_LABELS MATCHES "hosted|threads")
    return()
  endif()
  if(CISTERN_SMALL AND big IN_LIST ARG_LABELS)
    return()
  endif()
  set(library cistern)
  if(ARG_LIBRARY)
    set(library ${ARG_LIBRARY})
  elseif(ARG_CONFIG OR ARG_DEFINES OR ARG_SEPARATE)
    string(MD5 variant "${ARG_CONFIG};${ARG_DEFINES};${CISTERN_UNITY}")
    set(library cistern_${variant})
    if(NOT TARGET ${library})
      cistern_add_library(${library} CONFIG ${ARG_CONFIG} DEFINES ${ARG_DEFINES})
    endif()
  endif()
  add_executable(${NAME} ${ARG_SOURCES} ${CISTERN_PROGRAM_SOURCES})
  target_compile_options(${NAME} PRIVATE ${CISTERN_WARNINGS})
  target_include_directories(${NAME} PRIVATE ${PROJECT_SOURCE_DIR}/tests ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(${NAME} PRIVATE ${library} PkgConfig::CMOCKA)
  add_test(NAME ${CISTERN_TEST_PREFIX}${NAME} COMMAND ${NAME})
  set_tests_properties(${CISTERN_TEST_PREFIX}${NAME} PROPERTIES LABELS "${ARG_LABELS}"
    TIMEOUT ${CISTERN_TEST_TIMEOUT})
endfunction()

function(cistern_add_long_test NAME TEST ARGUMENT SANITIZER)
  if(NOT TARGET ${TEST} OR NOT CISTERN_SANITIZE MATCHES ${SANITIZER})
    return()
  endif()
  add_test(NAME ${CISTERN_TEST_PREFIX}${NAME} COMMAND ${TEST} ${ARGUMENT})
  set_tests_properties(${CISTERN_TEST_PREFIX}${NAME} PROPERTIES LABELS full TIMEOUT 900)
endfunction()

function(cistern_add_example NAME EXPECTED)
  if(CISTERN_SANITIZE MATCHES thread OR CISTERN_SMALL)
    return()
  endif()
  add_executable(example_${NAME} ${PROJECT_SOURCE_DIR}/examples/${NAME}.c ${CISTERN_PROGRAM_SOURCES})
  target_compile_options(example_${NAME} PRIVATE ${CISTERN_WARNINGS})
  target_link_libraries(example_${NAME} PRIVATE cistern)
  add_test(NAME ${CISTERN_TEST_PREFIX}example_${NAME} COMMAND example_${NAME})
  set_tests_properties(${CISTERN_TEST_PREFIX}example_${NAME} PROPERTIES
    PASS_REGULAR_EXPRESSION "${EXPECTED}" FAIL_REGULAR_EXPRESSION "ERROR: .*Sanitizer")
endfunction()
