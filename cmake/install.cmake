# SPDX-License-Identifier: BSD-3-Clause
# `cmake --install`: the library as sources, since a program's lwipopts.h decides how it is built
# (share/cistern, with the targets that find_package gives); a build of it with every default, for
# programs without one (lib/libcistern.a and cistern.pc); and the program.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(share ${CMAKE_INSTALL_DATADIR}/cistern)
install(DIRECTORY src include DESTINATION ${share})
install(DIRECTORY ports DESTINATION ${share} PATTERN template EXCLUDE)
install(FILES cmake/cistern.cmake cmake/targets.cmake DESTINATION ${share}/cmake)
install(FILES LICENSE README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

configure_package_config_file(cmake/cistern-config.cmake.in cistern-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/cistern PATH_VARS share)
write_basic_package_version_file(cistern-config-version.cmake COMPATIBILITY SameMinorVersion
  ARCH_INDEPENDENT)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/cistern-config.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/cistern-config-version.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/cistern)

if(CISTERN_PORT STREQUAL posix AND NOT CISTERN_SANITIZE)
  install(TARGETS cistern ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  file(RELATIVE_PATH to_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /) # lib may be lib/x86_64-linux-gnu
  configure_file(cmake/cistern.pc.in cistern.pc @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/cistern.pc
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endif()
if(CISTERN_BUILD_TOOL)
  install(TARGETS cistern_program DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
