# SPDX-License-Identifier: BSD-3-Clause
# The OS layer: the conformance suite on the ports for hosts, what these promise beyond it, and races;
# the bridge to a port written for lwIP; the template for new ports.

set(CONFORMANCE port/suite.c port/suite_semaphore.c port/suite_mailbox.c port/suite_rest.c)
set(SUITE host_${CISTERN_PORT}.c port/run_host.c port/run_cmocka.c ${CONFORMANCE})
list(TRANSFORM SUITE PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
cistern_at_once(SUITE port_suite)

# Of the tests with threads this one runs on other processors too.
set(suite_label threads)
if(CMAKE_CROSSCOMPILING)
  set(suite_label hosted)
endif()
cistern_add_test(port_suite LABELS ${suite_label} SOURCES ${SUITE})
cistern_add_test(port_suite_options LABELS threads SOURCES ${SUITE}
  DEFINES LWIP_COMPAT_MUTEX=1 LWIP_COMPAT_MUTEX_ALLOWED CISTERN_HOST_SEMAPHORES=9
          CISTERN_HOST_MAILBOXES=2 CISTERN_HOST_MBOX_SIZE=5 SUITE_MBOX_DEFAULT=5)
cistern_add_test(port_suite_lock_free_pools LABELS threads SOURCES ${SUITE}
  DEFINES CISTERN_MEMP_LOCK_FREE=1)
cistern_add_test(host_test LABELS threads SOURCES port/host_test.c host_${CISTERN_PORT}.c)
cistern_add_test(posix_test LABELS host threads SOURCES port/posix_test.c)
cistern_add_test(cancel_test LABELS host threads SOURCES port/cancel_test.c)
cistern_add_test(locks_test LABELS host SOURCES port/locks_test.c SEPARATE sys_host.c threads.c)
if(TARGET locks_test)
  target_link_options(locks_test PRIVATE
    LINKER:--wrap=host_unpark,--wrap=host_parker_init,--wrap=host_nanoseconds
    LINKER:--wrap=host_fence_heavy,--wrap=pthread_create)
endif()
cistern_add_test(no_sys_test LABELS hosted SOURCES port/no_sys_test.c DEFINES NO_SYS=1)
cistern_add_test(no_protection_test LABELS hosted SOURCES port/no_sys_test.c
  DEFINES NO_SYS=1 SYS_LIGHTWEIGHT_PROT=0
  SEPARATE critical.c) # without a section the other files have its functions in line

cistern_add_test(arch_test SOURCES port/arch_test.c)
cistern_add_test(arch_includes_test SOURCES port/arch_test.c
  DEFINES PACK_STRUCT_USE_INCLUDES MEM_ALIGNMENT=16)
cistern_add_test(arch_own_types_test LABELS host SOURCES port/arch_test.c
  CONFIG ${CMAKE_CURRENT_SOURCE_DIR}/config/own_types)

if(CISTERN_PORT STREQUAL win32)
  cistern_add_test(win32_test SOURCES port/win32_test.c)
  # Printing by the system's printf instead of the compiler's.
  cistern_add_test(arch_system_printf_test SOURCES port/arch_test.c
    DEFINES __USE_MINGW_ANSI_STDIO=0)
  target_compile_options(arch_system_printf_test PRIVATE -Wno-pedantic-ms-format)
endif()

cistern_add_test(mailbox_race_test LABELS threads SOURCES race/mailbox_race_test.c)
cistern_add_test(sync_race_test LABELS threads SOURCES race/sync_race_test.c)

if(TARGET mailbox_race_test AND NOT CISTERN_SANITIZE)
  add_test(NAME ${CISTERN_TEST_PREFIX}mailbox_race_of_ten_million
    COMMAND mailbox_race_test 10000000)
  set_tests_properties(${CISTERN_TEST_PREFIX}mailbox_race_of_ten_million PROPERTIES
    LABELS full TIMEOUT 900)
endif()

if(CISTERN_SANITIZE MATCHES thread OR CMAKE_CROSSCOMPILING)
  return()
endif()

# The engines between the bridge and a user's arch/cc.h.
file(GLOB engines CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/pool/*.c
  ${PROJECT_SOURCE_DIR}/src/fault/*.c ${PROJECT_SOURCE_DIR}/ports/lwip/cistern_port.c)
cistern_at_once(engines engines_on_lwip)
add_executable(bridge_test port/bridge_test.c ${engines})
target_include_directories(bridge_test PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}
  ${CMAKE_CURRENT_SOURCE_DIR}/port/bridge ${PROJECT_SOURCE_DIR}/ports/lwip
  ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/include/standalone)
target_compile_definitions(bridge_test PRIVATE NO_SYS=1)
target_compile_options(bridge_test PRIVATE ${CISTERN_WARNINGS})
target_link_libraries(bridge_test PRIVATE PkgConfig::CMOCKA)
add_test(NAME ${CISTERN_TEST_PREFIX}bridge_test COMMAND bridge_test)
set_tests_properties(${CISTERN_TEST_PREFIX}bridge_test PROPERTIES TIMEOUT 120)

# The whole library on ports of lwIP's whose cc.h has macros of each kind for the section, which are the
# section whatever SYS_LIGHTWEIGHT_PROT says, and sys_arch_protect with a type of its own.
file(GLOB bridge CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/ports/lwip/*.c)
list(APPEND bridge ${CISTERN_SOURCES})
cistern_at_once(bridge all_on_lwip)
function(protect_add_test KIND)
  cistern_is_repeated(repeated port/protect_test.c)
  if(repeated)
    return()
  endif()
  add_executable(protect_${KIND}_test port/protect_test.c ${bridge})
  target_include_directories(protect_${KIND}_test PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}
    ${CMAKE_CURRENT_SOURCE_DIR}/port/protect ${PROJECT_SOURCE_DIR}/ports/lwip
    ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/include/standalone ${PROJECT_SOURCE_DIR}/src)
  target_compile_definitions(protect_${KIND}_test PRIVATE NO_SYS=1 PROTECT_${KIND} ${ARGN})
  target_compile_options(protect_${KIND}_test PRIVATE -O0 ${CISTERN_WARNINGS} -Werror
    -Wno-unused-variable) # which PROTECT_unused declares
  target_link_libraries(protect_${KIND}_test PRIVATE PkgConfig::CMOCKA)
  add_test(NAME ${CISTERN_TEST_PREFIX}protect_${KIND}_test COMMAND protect_${KIND}_test)
  set_tests_properties(${CISTERN_TEST_PREFIX}protect_${KIND}_test PROPERTIES TIMEOUT 120)
endfunction()
protect_add_test(int SYS_LIGHTWEIGHT_PROT=0)
protect_add_test(unused)
protect_add_test(empty)
protect_add_test(statement)
protect_add_test(semicolon SYS_LIGHTWEIGHT_PROT=0)
protect_add_test(object)
protect_add_test(blocks SYS_LIGHTWEIGHT_PROT=0)
protect_add_test(struct)
protect_add_test(register)
protect_add_test(pointer)
protect_add_test(named CISTERN_LWIP_LEVEL=cpu_sr)
protect_add_test(functions)

# With a port that is kept the library is compiled beside lwIP, with the warnings of lwIP's own build.
# A program in C++ has the same headers.
set(kept ${CMAKE_CURRENT_BINARY_DIR}/headers/kept_port.cpp)
file(CONFIGURE OUTPUT ${kept} CONTENT "#include \"lwip/inet_chksum.h\"\n#include \"lwip/mem.h\"
#include \"lwip/memp.h\"\n#include \"lwip/pbuf.h\"\n#include \"lwip/sys.h\"\n#include \"cistern/heap.h\"
#include \"cistern/pool.h\"\nLWIP_MEMPOOL_DECLARE(frames, 2, 64, \"frames\");\n")
add_library(lwips_warnings_on_lwip OBJECT ${bridge} ${kept})
target_include_directories(lwips_warnings_on_lwip PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/port/protect
  ${PROJECT_SOURCE_DIR}/ports/lwip ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/include/standalone
  ${PROJECT_SOURCE_DIR}/src)
target_compile_definitions(lwips_warnings_on_lwip PRIVATE NO_SYS=1 PROTECT_functions)
target_compile_options(lwips_warnings_on_lwip PRIVATE -Werror -Wall -Wextra -Wundef -Wpedantic -Wswitch-default
  -Wpointer-arith -Wcast-qual -Wwrite-strings -Wcast-align -Wunreachable-code
  $<$<COMPILE_LANGUAGE:C>:-Wshadow -Wold-style-definition -Wmissing-prototypes -Wnested-externs -Waggregate-return
  -Wc++-compat>)

# No name of the library's own meets one of the user's.
add_library(clash_on_lwip OBJECT ${bridge})
target_include_directories(clash_on_lwip PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/port/clash ${PROJECT_SOURCE_DIR}/ports/lwip
  ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/include/standalone ${PROJECT_SOURCE_DIR}/src)
target_compile_definitions(clash_on_lwip PRIVATE NO_SYS=1 CISTERN_CHECK=3 CISTERN_TRACE=1)
target_compile_options(clash_on_lwip PRIVATE ${CISTERN_WARNINGS} -Werror)

# The template is a port that compiles, with threads and without.
set(template ${CISTERN_SOURCES})
cistern_at_once(template all_on_template)
foreach(no_sys 0 1)
  add_library(template_compiles_${no_sys} OBJECT ${template})
  target_include_directories(template_compiles_${no_sys} PRIVATE ${PROJECT_SOURCE_DIR}/include
    ${PROJECT_SOURCE_DIR}/include/standalone ${PROJECT_SOURCE_DIR}/ports/template
    ${PROJECT_SOURCE_DIR}/ports/rtos ${PROJECT_SOURCE_DIR}/src)
  target_compile_definitions(template_compiles_${no_sys} PRIVATE NO_SYS=${no_sys})
  target_compile_options(template_compiles_${no_sys} PRIVATE -Wall -Wextra)
endforeach()

# The example of a port, written behind the template's headers as they are and under the OS layer of
# ports/rtos, passes the suite.
set(example ${PROJECT_SOURCE_DIR}/examples/port/os.c ${PROJECT_SOURCE_DIR}/examples/port/port.c
  ${PROJECT_SOURCE_DIR}/ports/rtos/sys_arch.c ${CISTERN_SOURCES})
cistern_at_once(example all_on_example)
add_executable(port_example_suite ${example} ${SUITE})
target_include_directories(port_example_suite PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}
  ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/include/standalone
  ${PROJECT_SOURCE_DIR}/ports/template ${PROJECT_SOURCE_DIR}/examples/port
  ${PROJECT_SOURCE_DIR}/ports/rtos ${PROJECT_SOURCE_DIR}/src)
target_compile_definitions(port_example_suite PRIVATE LWIP_COMPAT_MUTEX=1 LWIP_COMPAT_MUTEX_ALLOWED
  CISTERN_RTOS_MBOX_SIZE=128 SUITE_WAITING=board_waiting)
target_compile_options(port_example_suite PRIVATE ${CISTERN_WARNINGS})
target_link_libraries(port_example_suite PRIVATE PkgConfig::CMOCKA ${CISTERN_SYSTEM_LIBRARIES})
add_test(NAME ${CISTERN_TEST_PREFIX}port_example_suite COMMAND port_example_suite)
set_tests_properties(${CISTERN_TEST_PREFIX}port_example_suite PROPERTIES LABELS threads TIMEOUT 120)

if(NOT CISTERN_TEST_ONCE)
  add_test(NAME ${CISTERN_TEST_PREFIX}port_names COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/port/names.sh
    ${PROJECT_SOURCE_DIR})
  add_test(NAME ${CISTERN_TEST_PREFIX}porting_walk COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/port/walk.sh
    ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_BINARY_DIR}/porting_walk)
  set_tests_properties(${CISTERN_TEST_PREFIX}porting_walk PROPERTIES TIMEOUT 300)
endif()

# ports/freertos against a stand-in of the kernel's interface; `make test-freertos` has the kernel itself.
set(freertos ${PROJECT_SOURCE_DIR}/ports/freertos/sys_arch.c ${CISTERN_SOURCES})
cistern_at_once(freertos all_on_freertos)
set(freertos_folders ${CMAKE_CURRENT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR}/freertos/standin
  ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/include/standalone ${PROJECT_SOURCE_DIR}/ports/freertos
  ${PROJECT_SOURCE_DIR}/ports/common ${PROJECT_SOURCE_DIR}/src)
foreach(static 0 1)
  add_executable(port_freertos_suite_${static} ${freertos} freertos/standin/standin_posix.c ${SUITE})
  target_include_directories(port_freertos_suite_${static} PRIVATE ${freertos_folders})
  target_compile_definitions(port_freertos_suite_${static} PRIVATE SUITE_MBOX_DEFAULT=16 SUITE_WAITING=standin_waiting
    CISTERN_FREERTOS_TLS_INDEX=0 configSUPPORT_STATIC_ALLOCATION=${static})
  target_compile_options(port_freertos_suite_${static} PRIVATE ${CISTERN_WARNINGS})
  target_link_libraries(port_freertos_suite_${static} PRIVATE PkgConfig::CMOCKA ${CISTERN_SYSTEM_LIBRARIES})
  add_test(NAME ${CISTERN_TEST_PREFIX}port_freertos_suite_${static} COMMAND port_freertos_suite_${static})
  set_tests_properties(${CISTERN_TEST_PREFIX}port_freertos_suite_${static} PROPERTIES LABELS threads
    TIMEOUT 120)
endforeach()

add_executable(port_freertos_thread_semaphore_test freertos/thread_semaphore_test.c host_posix.c ${freertos}
  freertos/standin/standin_posix.c)
target_include_directories(port_freertos_thread_semaphore_test PRIVATE ${freertos_folders})
target_compile_definitions(port_freertos_thread_semaphore_test PRIVATE LWIP_NETCONN_SEM_PER_THREAD=1
  CISTERN_FREERTOS_TLS_INDEX=0 CISTERN_FREERTOS_THREADS=2 CISTERN_FREERTOS_SEMAPHORES=9)
target_compile_options(port_freertos_thread_semaphore_test PRIVATE ${CISTERN_WARNINGS})
target_link_libraries(port_freertos_thread_semaphore_test PRIVATE PkgConfig::CMOCKA ${CISTERN_SYSTEM_LIBRARIES})
add_test(NAME ${CISTERN_TEST_PREFIX}port_freertos_thread_semaphore_test
  COMMAND port_freertos_thread_semaphore_test)
set_tests_properties(${CISTERN_TEST_PREFIX}port_freertos_thread_semaphore_test PROPERTIES LABELS threads
  TIMEOUT 120)
