# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# What the project's own programs and tests are built with; users of the library never see it.

# Warnings and strictness; linked PRIVATE by everything that is built here.
add_library(charcount_dev INTERFACE)
target_compile_definitions(charcount_dev INTERFACE ASIO_NO_DEPRECATED)
target_compile_options(
  charcount_dev
  INTERFACE
    "$<$<CXX_COMPILER_ID:GNU,Clang,AppleClang>:-Wall;-Wextra;-Wpedantic;-Wshadow;-Wconversion>"
    "$<$<AND:$<BOOL:${CHARCOUNT_WERROR}>,$<CXX_COMPILER_ID:GNU,Clang,AppleClang>>:-Werror>"
)

# charcount_add_program(<target> <source>... [NAME <file name>] [FOLDER <folder below bin>])
#
# An executable of the project, built into <build>/bin.
function(charcount_add_program target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "NAME;FOLDER" "")
  add_executable(${target} ${arg_UNPARSED_ARGUMENTS})
  target_link_libraries(${target} PRIVATE charcount::charcount charcount_dev)
  set_target_properties(
    ${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin/${arg_FOLDER}"
  )
  if(arg_NAME)
    set_target_properties(${target} PROPERTIES OUTPUT_NAME "${arg_NAME}")
  endif()
endfunction()
