# SPDX-License-Identifier: BSD-3-Clause
# A stand-in of the functions that vcpkg gives a portfile: cmake -D PORTFILE=... -D WORK=... -P install.cmake
# The package is WORK/package.
cmake_minimum_required(VERSION 3.22)
set(PORT cistern)
set(CURRENT_PACKAGES_DIR ${WORK}/package)

function(vcpkg_cmake_configure)
  cmake_parse_arguments(ARG "" "SOURCE_PATH" "OPTIONS" ${ARGN})
  execute_process(COMMAND ${CMAKE_COMMAND} -S ${ARG_SOURCE_PATH} -B ${WORK}/build -G Ninja
    -DCMAKE_INSTALL_PREFIX=${CURRENT_PACKAGES_DIR} ${ARG_OPTIONS} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

function(vcpkg_cmake_install)
  execute_process(COMMAND ${CMAKE_COMMAND} --build ${WORK}/build COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND ${CMAKE_COMMAND} --install ${WORK}/build COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# As vcpkg does, moves the files to share/PORT, and mends the way from there to the prefix.
function(vcpkg_cmake_config_fixup)
  cmake_parse_arguments(ARG "" "CONFIG_PATH" "" ${ARGN})
  file(GLOB files ${CURRENT_PACKAGES_DIR}/${ARG_CONFIG_PATH}/*)
  if(NOT files)
    message(FATAL_ERROR "there is nothing in ${ARG_CONFIG_PATH}")
  endif()
  file(COPY ${files} DESTINATION ${CURRENT_PACKAGES_DIR}/share/${PORT})
  file(REMOVE_RECURSE ${CURRENT_PACKAGES_DIR}/lib/cmake)
  set(config ${CURRENT_PACKAGES_DIR}/share/${PORT}/cistern-config.cmake)
  file(READ ${config} text)
  string(REPLACE "\${CMAKE_CURRENT_LIST_DIR}/../../../" "\${CMAKE_CURRENT_LIST_DIR}/../../" text "${text}")
  file(WRITE ${config} "${text}")
endfunction()

function(vcpkg_fixup_pkgconfig)
endfunction()

function(vcpkg_install_copyright)
  cmake_parse_arguments(ARG "" "" "FILE_LIST" ${ARGN})
  file(INSTALL ${ARG_FILE_LIST} DESTINATION ${CURRENT_PACKAGES_DIR}/share/${PORT} RENAME copyright)
endfunction()

include(${PORTFILE})
