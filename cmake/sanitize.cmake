# SPDX-License-Identifier: BSD-3-Clause
# A tree whose programs carry the sanitizers of CISTERN_SANITIZE. It is a few hundred programs on almost as
# many builds of the library, so that each byte of a program counts here as often.
add_compile_options(-fsanitize=${CISTERN_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
add_link_options(-fsanitize=${CISTERN_SANITIZE})

# The invariants run here. Not in the tree of races: what an assertion reads, another thread may write.
if(CISTERN_SANITIZE MATCHES address)
  add_compile_options("-DCISTERN_ASSERT(condition)=((condition) ? (void)0 : __builtin_trap())")
endif()

# gcc describes each operation that may be undefined in a variable, and guards each of those as it guards
# the program's own: two thirds of the code. Without the descriptions an undefined operation is a signal,
# whose place ASAN_OPTIONS=handle_sigill=1 prints; clang's tree says in words what it was.
if(CMAKE_C_COMPILER_ID STREQUAL GNU AND CISTERN_SANITIZE MATCHES "address.*undefined")
  add_compile_options(-fsanitize-undefined-trap-on-error -fno-crossjumping) # a signal for each line
  add_link_options(LINKER:--discard-all) # -g1 has the names of functions
endif()

# A configuration that only a few tests run: optimising it more takes longer than they do. Checks of addresses are calls,
# since in line they are a fourth of the code; a stack that is used after its function is looked for in the default
# configuration and the models'. Of clang's, two thirds of the rest were checks for null pointers, which
# AddressSanitizer has too, and for alignment and pointers that wrap, which gcc's tree has of the same
# configurations.
if(CISTERN_SANITIZE MATCHES "^address" AND CMAKE_C_COMPILER_ID STREQUAL GNU)
  set(CISTERN_VARIANT_OPTIONS -Og -fno-data-sections
    "SHELL:--param asan-instrumentation-with-call-threshold=0" "SHELL:--param asan-use-after-return=0")
elseif(CISTERN_SANITIZE MATCHES "^address" AND CMAKE_C_COMPILER_ID STREQUAL Clang)
  set(CISTERN_VARIANT_OPTIONS -O0 -fno-sanitize=null,alignment,pointer-overflow
    "SHELL:-mllvm -asan-instrumentation-with-call-threshold=0")
endif()

# One runtime for all programs, as gcc has it, where clang's package has that too.
if(CMAKE_C_COMPILER_ID STREQUAL Clang AND CISTERN_SANITIZE MATCHES "^address")
  execute_process(COMMAND ${CMAKE_C_COMPILER} -print-runtime-dir
    OUTPUT_VARIABLE runtime OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  file(GLOB shared ${runtime}/libclang_rt.asan*${CMAKE_SYSTEM_PROCESSOR}.so)
  if(shared)
    add_link_options(-shared-libsan -Wl,-rpath,${runtime})
  endif()
endif()

# A program keeps what it uses of the one object that the library is, and archives only list their objects:
# nothing of such a tree is installed. With clang a section for each variable costs more than it saves, as each
# description of an undefined operation is one. Reports give lines, not columns; and a program at a fixed address
# has no table of the addresses in those descriptions.
if(CMAKE_SYSTEM_NAME STREQUAL Linux)
  add_compile_options(-ffunction-sections $<$<C_COMPILER_ID:GNU>:-fdata-sections> -gno-column-info)
  add_link_options(LINKER:--gc-sections)
  if(CISTERN_SANITIZE MATCHES "^address")
    add_link_options($<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:-no-pie>)
  endif()
  set(CMAKE_C_ARCHIVE_CREATE "<CMAKE_AR> qcT <TARGET> <LINK_FLAGS> <OBJECTS>")
endif()
