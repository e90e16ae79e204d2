# How the library and its tests are built.
#
# cistern_add_library(NAME [CONFIG dir...] [DEFINES ...])
#   One build of the whole library as a static archive. CONFIG are folders that come first on the
#   include path, with lwipopts.h and lwippools.h; DEFINES are compile definitions. Both are public,
#   since they decide struct layouts.
#
# cistern_add_example(NAME EXPECTED)
#   The program examples/NAME.c; as a test, it must print what the regular expression expects.
#
# cistern_add_test(NAME SOURCES ... [CONFIG dir...] [DEFINES ...] [LIBRARY target] [LABELS ...])
#   A cmocka program on a build of the library with CONFIG and DEFINES, which it shares with the other
#   tests that give the same, on LIBRARY, or on the default build when none of the three are given.
#   LABELS: hosted (needs an operating system, any), host (needs POSIX), threads (needs an operating
#   system with threads; also runs under ThreadSanitizer, where no other test is built), full (too
#   long for `make test`; part of `make test-all`), big (needs more than 16 KB of RAM: not built where
#   CISTERN_SMALL is set; neither are the examples).
#
# cistern_add_long_test(NAME TEST ARGUMENT SANITIZER)
#   The program of TEST again, with ARGUMENT for its full length: label full, in the tree of that
#   sanitizer (address, thread) alone.

get_filename_component(CISTERN_ROOT ${CMAKE_CURRENT_LIST_DIR} DIRECTORY)

set(CISTERN_PORT posix CACHE STRING "Folders under ports/ that make up the port")

set(folders ${CISTERN_PORT})
if(CISTERN_PORT MATCHES "posix|win32") # what hosts share
  list(APPEND folders common)
endif()
list(TRANSFORM folders PREPEND ${CISTERN_ROOT}/ports/ OUTPUT_VARIABLE CISTERN_PORT_DIRS)
list(TRANSFORM CISTERN_PORT_DIRS APPEND /*.c OUTPUT_VARIABLE globs)
file(GLOB CISTERN_SOURCES CONFIGURE_DEPENDS ${CISTERN_ROOT}/src/*/*.c ${globs})

set(CISTERN_TEST_TIMEOUT 120 CACHE STRING "Seconds after which a test has failed")

# Paths in messages start at the project, so that a program is the same wherever it was built.
include(CheckCCompilerFlag)
check_c_compiler_flag(-fmacro-prefix-map=/a=/b CISTERN_HAS_PREFIX_MAP)
if(CISTERN_HAS_PREFIX_MAP)
  add_compile_options(-fmacro-prefix-map=${CISTERN_ROOT}/=)
endif()

set(CISTERN_WARNINGS -Wall -Wextra -Wpedantic -Wconversion -Wshadow)

if(CISTERN_PORT STREQUAL posix)
  find_package(Threads REQUIRED)
  set(CISTERN_SYSTEM_LIBRARIES Threads::Threads)
endif()

function(cistern_add_library NAME)
  cmake_parse_arguments(ARG "" "" "CONFIG;DEFINES" ${ARGN})
  add_library(${NAME} STATIC ${CISTERN_SOURCES})
  target_include_directories(${NAME} PUBLIC
    ${ARG_CONFIG}
    ${CISTERN_ROOT}/include
    ${CISTERN_ROOT}/include/standalone
    ${CISTERN_PORT_DIRS})
  target_include_directories(${NAME} PRIVATE ${CISTERN_ROOT}/src)
  target_compile_definitions(${NAME} PUBLIC ${ARG_DEFINES})
  target_compile_options(${NAME} PRIVATE ${CISTERN_WARNINGS})
  target_compile_features(${NAME} PUBLIC c_std_11)
  target_link_libraries(${NAME} PUBLIC ${CISTERN_SYSTEM_LIBRARIES})
endfunction()

function(cistern_add_test NAME)
  cmake_parse_arguments(ARG "" "LIBRARY" "SOURCES;CONFIG;DEFINES;LABELS" ${ARGN})
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
  elseif(ARG_CONFIG OR ARG_DEFINES)
    string(MD5 variant "${ARG_CONFIG};${ARG_DEFINES}")
    set(library cistern_${variant})
    if(NOT TARGET ${library})
      cistern_add_library(${library} CONFIG ${ARG_CONFIG} DEFINES ${ARG_DEFINES})
    endif()
  endif()
  add_executable(${NAME} ${ARG_SOURCES} ${CISTERN_PROGRAM_SOURCES})
  target_compile_options(${NAME} PRIVATE ${CISTERN_WARNINGS})
  target_include_directories(${NAME} PRIVATE ${CISTERN_ROOT}/tests ${CISTERN_ROOT}/src)
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
  add_executable(example_${NAME} ${CISTERN_ROOT}/examples/${NAME}.c ${CISTERN_PROGRAM_SOURCES})
  target_compile_options(example_${NAME} PRIVATE ${CISTERN_WARNINGS})
  target_link_libraries(example_${NAME} PRIVATE cistern)
  add_test(NAME ${CISTERN_TEST_PREFIX}example_${NAME} COMMAND example_${NAME})
  set_tests_properties(${CISTERN_TEST_PREFIX}example_${NAME} PROPERTIES
    PASS_REGULAR_EXPRESSION "${EXPECTED}" FAIL_REGULAR_EXPRESSION "ERROR: .*Sanitizer")
endfunction()
