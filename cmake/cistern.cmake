# SPDX-License-Identifier: BSD-3-Clause
# How the library is built, in this project and in any that takes it: by find_package(cistern), by
# add_subdirectory or FetchContent, or by including this file.
#
# cistern_add_library(NAME [CONFIG dir...] [PORT folder...] [LWIP dir] [DEFINES ...] [SEPARATE file.c...])
#   One build of the whole library as a static archive, of which a program links what it uses.
#   CONFIG   folders that come first on the include path, with lwipopts.h and lwippools.h
#   PORT     folders under ports/ that make up the port: posix (the default, or what the variable
#            CISTERN_PORT says), win32, bare;bare/cortex-m, bare;bare/riscv, bare;bare/avr, or lwip
#            beside a port that was written for lwIP
#   LWIP     lwIP's src/include, where lwIP itself is present: it takes the place of our stand-ins
#   DEFINES  compile definitions
#   SEPARATE names of files that CISTERN_UNITY compiles each by itself
#   CONFIG and DEFINES are public, since they decide struct layouts.

enable_language(C) # for a project of C++ alone; not in a function, says CMake

# The include folders and the sources of a port: cistern_port(FOLDERS SOURCES folder...)
function(cistern_port FOLDERS SOURCES)
  get_filename_component(root ${CMAKE_CURRENT_FUNCTION_LIST_DIR} DIRECTORY)
  set(folders ${ARGN})
  if("${folders}" MATCHES "posix|win32") # what hosts share
    list(APPEND folders common)
  endif()
  list(TRANSFORM folders PREPEND ${root}/ports/)
  set(sources) # posix comes first: it says which of the system's functions it needs
  foreach(folder IN LISTS folders)
    if(NOT IS_DIRECTORY ${folder})
      message(FATAL_ERROR "cistern: there is no port ${folder}")
    endif()
    file(GLOB found CONFIGURE_DEPENDS ${folder}/*.c)
    list(APPEND sources ${found})
  endforeach()
  set(${FOLDERS} ${folders} PARENT_SCOPE)
  set(${SOURCES} ${sources} PARENT_SCOPE)
endfunction()

# cistern_at_once(FILES NAME [file.c...]): of the files that the variable FILES lists it makes one that
# includes them in their order, beside those that are named, and those of ports/bare: a board's program
# links what it uses of its port. Of the same NAME there is one file.
function(cistern_at_once FILES NAME)
  set(separate ${${FILES}})
  set(included ${${FILES}})
  list(JOIN ARGN "|" names)
  list(FILTER separate INCLUDE REGEX "/ports/bare/|/(${names})$")
  if(separate)
    list(REMOVE_ITEM included ${separate})
  endif()
  if(NOT included)
    return() # a board's port
  endif()
  list(TRANSFORM included REPLACE "(.+)" "#include \"\\1\"\n")
  list(JOIN included "" included)
  set(file ${CMAKE_CURRENT_BINARY_DIR}/at_once/${NAME}.c)
  file(CONFIGURE OUTPUT ${file} CONTENT "${included}")
  set(${FILES} ${file} ${separate} PARENT_SCOPE)
endfunction()

function(cistern_add_library NAME)
  cmake_parse_arguments(ARG "" "LWIP" "CONFIG;DEFINES;PORT;SEPARATE" ${ARGN})
  get_filename_component(root ${CMAKE_CURRENT_FUNCTION_LIST_DIR} DIRECTORY)
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "cistern_add_library: unknown arguments ${ARG_UNPARSED_ARGUMENTS}")
  endif()
  set(port posix)
  if(ARG_PORT)
    set(port ${ARG_PORT})
  elseif(CISTERN_PORT)
    set(port ${CISTERN_PORT})
  endif()
  cistern_port(port_folders port_sources ${port})
  set(stand_ins ${root}/include/standalone)
  if(ARG_LWIP)
    set(stand_ins ${ARG_LWIP})
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${root}/src/*/*.c)
  list(PREPEND sources ${port_sources})
  if(CISTERN_UNITY)
    cistern_at_once(sources ${NAME} ${ARG_SEPARATE})
  endif()

  add_library(${NAME} STATIC ${sources})
  target_include_directories(${NAME} PUBLIC
    ${ARG_CONFIG} ${root}/include ${stand_ins} ${port_folders})
  target_include_directories(${NAME} PRIVATE ${root}/src)
  target_compile_definitions(${NAME} PUBLIC ${ARG_DEFINES})
  target_compile_options(${NAME} PRIVATE ${CISTERN_WARNINGS})
  get_directory_property(c DIRECTORY ${CMAKE_SOURCE_DIR} DEFINITION CMAKE_C_COMPILER_LOADED)
  if(c)
    target_compile_features(${NAME} PUBLIC c_std_11)
  else() # a project of C++ alone has no C compiler of which it could be asked
    target_compile_features(${NAME} PRIVATE c_std_11)
  endif()
  if("${port}" MATCHES "posix")
    set(THREADS_PREFER_PTHREAD_FLAG ON)
    find_package(Threads REQUIRED)
    target_link_libraries(${NAME} PUBLIC Threads::Threads)
    set_target_properties(${NAME} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  endif()
  include(CheckCCompilerFlag)
  check_c_compiler_flag(-fmacro-prefix-map=/a=/b CISTERN_HAS_PREFIX_MAP)
  if(CISTERN_HAS_PREFIX_MAP) # messages name a file from the project's folder on
    target_compile_options(${NAME} PRIVATE -fmacro-prefix-map=${root}/=)
  endif()
endfunction()
