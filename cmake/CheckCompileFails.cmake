# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# Run by ctest: compiles SOURCE with the compile command of CONTROL, a source that does compile, and
# demands that it fails with exactly one error and that the output matches REGEX.

file(READ "${BUILD_DIR}/compile_commands.json" database)
string(JSON count LENGTH "${database}")
math(EXPR last "${count} - 1")
foreach(index RANGE ${last})
  string(JSON file GET "${database}" ${index} file)
  if(file STREQUAL CONTROL)
    string(JSON command GET "${database}" ${index} command)
    break()
  endif()
endforeach()
if(NOT command)
  message(FATAL_ERROR "no compile command of ${CONTROL} in ${BUILD_DIR}")
endif()

# The command ends in: -o <object> -c <source>
separate_arguments(arguments UNIX_COMMAND "${command}")
list(FIND arguments -o output_at)
list(SUBLIST arguments 0 ${output_at} arguments)

# Translated or coloured messages would not match.
set(ENV{LC_ALL} C)
execute_process(
  COMMAND ${arguments} -fno-diagnostics-color -fsyntax-only "${SOURCE}"
  RESULT_VARIABLE result
  OUTPUT_VARIABLE output
  ERROR_VARIABLE output
)
string(REGEX MATCHALL " error: " errors "${output}")
list(LENGTH errors errors)

message("${output}")
if(result EQUAL 0)
  message(FATAL_ERROR "${SOURCE} compiles, but must not")
endif()
if(NOT output MATCHES "${REGEX}")
  message(FATAL_ERROR "the compiler's output does not match: ${REGEX}")
endif()
if(NOT errors EQUAL 1)
  message(FATAL_ERROR "the user sees ${errors} errors, not one")
endif()
