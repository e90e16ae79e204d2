# SPDX-License-Identifier: BSD-3-Clause
# How the tests are built.
#
# cistern_add_example(NAME EXPECTED)
#   The program examples/NAME.c; as a test, it must print what the regular expression expects.
#
# cistern_add_test(NAME SOURCES ... [CONFIG dir...] [DEFINES ...] [LIBRARY target] [LABELS ...]
#                  [SEPARATE file.c...])
#   A cmocka program on a build of the library with CONFIG and DEFINES, which it shares with the other
#   tests that give the same, on LIBRARY, or on the default build when none of the three are given.
#   LABELS: hosted (needs an operating system, any), host (needs POSIX), threads (needs an operating
#   system with threads; also runs under ThreadSanitizer, where no other test is built), full (too
#   long for `make test`; part of `make test-all`), big (needs more than 16 KB of RAM: not built where
#   CISTERN_SMALL is set; neither are the examples). SEPARATE: the test puts itself between these files
#   of the library and the others, so that they are compiled apart.
#
# cistern_add_long_test(NAME TEST ARGUMENT SANITIZER)
#   The program of TEST again, with ARGUMENT for its full length: label full, in the tree of that
#   sanitizer (address, thread) alone.

# The tree by a path with a space, for tests that give it to a shell.
set(CISTERN_SPACED_SOURCES "${PROJECT_BINARY_DIR}/the tree")
file(CREATE_LINK ${PROJECT_SOURCE_DIR} ${CISTERN_SPACED_SOURCES} SYMBOLIC)

# The sources of the library, for tests that compile them with a port of their own.
file(GLOB CISTERN_SOURCES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/*/*.c)

set(CISTERN_TEST_TIMEOUT 120 CACHE STRING "Seconds after which a test has failed")

# cistern_is_repeated(RESULT FILE): whether this tree has a test of that file already, in another
# configuration, and wants no second one. Of several trees that run the same tests, one has them all, and the
# scripts to which a tree's compiler makes no difference.
option(CISTERN_TEST_ONCE "Build each test file in one configuration only" OFF)
function(cistern_is_repeated RESULT FILE)
  get_property(tested GLOBAL PROPERTY CISTERN_TESTED)
  set(repeated OFF)
  if(CISTERN_TEST_ONCE AND FILE IN_LIST tested)
    set(repeated ON)
  endif()
  set_property(GLOBAL APPEND PROPERTY CISTERN_TESTED ${FILE})
  set(${RESULT} ${repeated} PARENT_SCOPE)
endfunction()

function(cistern_add_test NAME)
  cmake_parse_arguments(ARG "" "LIBRARY" "SOURCES;CONFIG;DEFINES;LABELS;SEPARATE" ${ARGN})
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
  list(GET ARG_SOURCES 0 file)
  cistern_is_repeated(repeated ${file})
  if(repeated)
    return()
  endif()
  set(library cistern)
  if(ARG_LIBRARY)
    set(library ${ARG_LIBRARY})
  elseif(ARG_CONFIG OR ARG_DEFINES OR ARG_SEPARATE)
    string(MD5 variant "${ARG_CONFIG};${ARG_DEFINES};${ARG_SEPARATE}")
    set(library cistern_${variant})
    if(NOT TARGET ${library})
      cistern_add_library(${library} CONFIG ${ARG_CONFIG} DEFINES ${ARG_DEFINES} SEPARATE ${ARG_SEPARATE})
      if(NOT ARG_SOURCES MATCHES "model/")
        target_compile_options(${library} PRIVATE ${CISTERN_VARIANT_OPTIONS})
      endif()
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
