#!/bin/sh
# A project of a user's that takes the library by cmake/cistern.cmake, with options of its own, builds
# and runs: cmake_user.sh ROOT
set -eu
root=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/config"
echo '#define PBUF_POOL_SIZE 5' >"$work/config/lwipopts.h"
cat >"$work/CMakeLists.txt" <<END
cmake_minimum_required(VERSION 3.25)
project(user LANGUAGES C)
include($root/cmake/cistern.cmake)
cistern_add_library(my_cistern CONFIG \${CMAKE_CURRENT_SOURCE_DIR}/config)
add_executable(user $root/examples/lwip_pool.c)
target_link_libraries(user PRIVATE my_cistern)
END
cmake -S "$work" -B "$work/build" -G Ninja >/dev/null
cmake --build "$work/build" -- --quiet
"$work/build/user" 2>/dev/null | grep -qx "PBUF_POOL: at most 3 of 5 in use"
