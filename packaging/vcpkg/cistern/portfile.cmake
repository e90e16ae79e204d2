# SPDX-License-Identifier: BSD-3-Clause
# An overlay port, of the tree that it lies in: vcpkg install cistern --overlay-ports=TREE/packaging/vcpkg
# The sources are installed, and find_package(cistern) builds them with the options of each project, so
# include/ stays empty.
set(VCPKG_POLICY_EMPTY_INCLUDE_FOLDER enabled)
get_filename_component(SOURCE_PATH "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

set(port posix)
if(VCPKG_TARGET_IS_MINGW)
  set(port win32)
endif()
vcpkg_cmake_configure(SOURCE_PATH "${SOURCE_PATH}"
  OPTIONS -DCISTERN_BUILD_TOOL=OFF -DCISTERN_PORT=${port})
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH lib/cmake/cistern)
vcpkg_fixup_pkgconfig()
file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/debug/share")
file(INSTALL "${CMAKE_CURRENT_LIST_DIR}/usage" DESTINATION "${CURRENT_PACKAGES_DIR}/share/${PORT}")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
