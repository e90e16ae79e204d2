# SPDX-License-Identifier: BSD-3-Clause
# Each public header compiles alone and twice, as C and as C++: one generated file per header and
# language. memp_std.h is a list of macros, meant to be included by memp.h only.

enable_language(CXX)

file(GLOB_RECURSE headers RELATIVE ${PROJECT_SOURCE_DIR}/include CONFIGURE_DEPENDS
  ${PROJECT_SOURCE_DIR}/include/*.h)
list(FILTER headers EXCLUDE REGEX "(memp_std|pbuf_places)\\.h$")

set(generated)
foreach(header IN LISTS headers)
  string(REGEX REPLACE "^standalone/" "" name ${header})
  string(MAKE_C_IDENTIFIER ${name} identifier)
  foreach(language c cpp)
    set(file ${CMAKE_CURRENT_BINARY_DIR}/headers/${identifier}.${language})
    file(CONFIGURE OUTPUT ${file}
      CONTENT "#include \"${name}\"\n#include \"${name}\"\nextern int ${identifier};\n")
    list(APPEND generated ${file})
  endforeach()
endforeach()

add_library(headers_compile_alone OBJECT ${generated})
target_link_libraries(headers_compile_alone PRIVATE cistern)
target_compile_options(headers_compile_alone PRIVATE -Wall -Wextra -Werror
  $<$<COMPILE_LANGUAGE:C>:-Wpedantic -Wconversion -Wshadow>)

# A program that defines pools and calls none of their functions draws no warning.
set(generated)
foreach(language c cpp)
  set(file ${CMAKE_CURRENT_BINARY_DIR}/headers/pools_without_calls.${language})
  file(CONFIGURE OUTPUT ${file} CONTENT "#include \"cistern/pool.h\"\n#include \"lwip/memp.h\"
CISTERN_POOL_DEFINE(readings, long, 4, );\nLWIP_MEMPOOL_DECLARE(frames, 2, 64, \"frames\");\n")
  list(APPEND generated ${file})
endforeach()
add_library(pools_without_calls OBJECT ${generated})
target_link_libraries(pools_without_calls PRIVATE cistern)
target_compile_options(pools_without_calls PRIVATE -Wall -Wextra -Wredundant-decls -Werror)

# lwIP's headers before those of the system's network, and behind them: the names of byte swaps, byte
# order and ssize_t meet. Two orders, two languages, strict and GNU C.
set(network "#include <netinet/in.h>\n#include <arpa/inet.h>\n#include <sys/socket.h>\n#include <netdb.h>\n")
set(generated)
foreach(header def sys inet_chksum)
  foreach(language c cpp)
    set(own "#include \"lwip/${header}.h\"\n")
    set(use "unsigned ${header}_(unsigned x)\n{\n    return htonl(x) + ntohl(x) + htons(80) + ntohs(80);\n}\n")
    set(use "unsigned ${header}_(unsigned x);\n#include \"lwip/def.h\"\n${use}")
    set(file ${CMAKE_CURRENT_BINARY_DIR}/headers/network_${header})
    file(CONFIGURE OUTPUT ${file}_behind.${language} CONTENT "${own}${network}${use}")
    file(CONFIGURE OUTPUT ${file}_before.${language} CONTENT "${network}${own}${use}")
    list(APPEND generated ${file}_behind.${language} ${file}_before.${language})
  endforeach()
endforeach()
if(CISTERN_PORT STREQUAL posix)
  foreach(standard 11 99)
    foreach(optimized 0 2) # glibc's macros of these names depend on it
      set(name headers_meet_the_network_${standard}_${optimized})
      add_library(${name} OBJECT ${generated})
      target_link_libraries(${name} PRIVATE cistern)
      target_compile_options(${name} PRIVATE -Wall -Wextra -Wundef -Werror -O${optimized}
        $<$<COMPILE_LANGUAGE:C>:-std=gnu${standard}>)
    endforeach()
    list(FILTER generated EXCLUDE REGEX "cpp$") # C++ has one standard here
  endforeach()
endif()

# The only header whose C differs from its C++ by an option.
add_library(headers_compile_aligned OBJECT
  ${CMAKE_CURRENT_BINARY_DIR}/headers/os_os_mempool_h.c
  ${CMAKE_CURRENT_BINARY_DIR}/headers/os_os_mempool_h.cpp)
target_link_libraries(headers_compile_aligned PRIVATE cistern)
target_compile_definitions(headers_compile_aligned PRIVATE OS_ALIGNMENT=16)
target_compile_options(headers_compile_aligned PRIVATE -Wall -Wextra -Werror)

# Mynewt's headers go into trees of every age: they are ISO C from C99 and ISO C++ from C++11 on.
function(add_mynewt_headers NAME SUFFIX STANDARD ALIGNMENT)
  add_library(${NAME} OBJECT
    ${CMAKE_CURRENT_BINARY_DIR}/headers/os_os_mempool_h.${SUFFIX}
    ${CMAKE_CURRENT_BINARY_DIR}/headers/os_queue_h.${SUFFIX}
    ${CMAKE_CURRENT_BINARY_DIR}/headers/os_os_error_h.${SUFFIX})
  set_target_properties(${NAME} PROPERTIES C_STANDARD ${STANDARD} CXX_STANDARD ${STANDARD}
    C_EXTENSIONS OFF CXX_EXTENSIONS OFF)
  target_compile_options(${NAME} PRIVATE -Wall -Wextra -Werror -pedantic-errors)
  target_compile_definitions(${NAME} PRIVATE OS_ALIGNMENT=${ALIGNMENT})
  target_include_directories(${NAME} PRIVATE
    $<TARGET_PROPERTY:cistern,INTERFACE_INCLUDE_DIRECTORIES>)
endfunction()
foreach(standard 99 11 17 23)
  add_mynewt_headers(mynewt_headers_c${standard} c ${standard} 16)
endforeach()
foreach(standard 11 14 17 20)
  add_mynewt_headers(mynewt_headers_cxx${standard} cpp ${standard} 8)
endforeach()
