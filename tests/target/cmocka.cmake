# cmocka for a target without an operating system: upstream's source, compiled against the target's
# C library. It gets the name that the host's package has.
set(source ${PROJECT_SOURCE_DIR}/build/sources/cmocka)
execute_process(COMMAND ${PROJECT_SOURCE_DIR}/cmake/source.sh cmocka ${source}
  COMMAND_ERROR_IS_FATAL ANY)
add_library(cmocka STATIC ${source}/src/cmocka.c)
target_include_directories(cmocka SYSTEM PUBLIC ${source}/include)
target_compile_definitions(cmocka PRIVATE HAVE_INTTYPES_H HAVE_STRINGS_H HAVE_SIGNAL_H)
set_target_properties(cmocka PROPERTIES C_EXTENSIONS ON)
add_library(PkgConfig::CMOCKA ALIAS cmocka)
