# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# Run by ctest: configures and builds the project SOURCE in a clean folder BUILD with ARGUMENTS, runs
# its program, and compares what that prints with EXPECTED. Where COMPLAINT is given instead, the
# configuration must fail with a single error that matches it.

file(REMOVE_RECURSE "${BUILD}")
execute_process(
  COMMAND ${CMAKE_COMMAND} -S "${SOURCE}" -B "${BUILD}" -G "${GENERATOR}" ${ARGUMENTS}
  RESULT_VARIABLE result
  OUTPUT_VARIABLE output
  ERROR_VARIABLE output
)
message("${output}")

if(COMPLAINT)
  if(result EQUAL 0)
    message(FATAL_ERROR "${SOURCE} configures, but must not")
  endif()
  # CMake breaks long lines.
  string(REGEX REPLACE "[ \n]+" " " line "${output}")
  if(NOT line MATCHES "${COMPLAINT}")
    message(FATAL_ERROR "CMake's output does not match: ${COMPLAINT}")
  endif()
  string(REGEX MATCHALL "CMake (Error|Warning)" complaints "${output}")
  list(LENGTH complaints count)
  if(NOT count EQUAL 1)
    message(FATAL_ERROR "the user sees ${count} errors and warnings, not one")
  endif()
  return()
endif()

if(NOT result EQUAL 0)
  message(FATAL_ERROR "${SOURCE} does not configure")
endif()
if(output MATCHES "CMake Warning")
  message(FATAL_ERROR "${SOURCE} does not configure without a warning")
endif()
execute_process(COMMAND ${CMAKE_COMMAND} --build "${BUILD}" COMMAND_ERROR_IS_FATAL ANY)
execute_process(
  COMMAND "${BUILD}/consumer" OUTPUT_VARIABLE output COMMAND_ERROR_IS_FATAL ANY
)
if(NOT output STREQUAL EXPECTED)
  message(FATAL_ERROR "the program does not print '${EXPECTED}' but '${output}'")
endif()
