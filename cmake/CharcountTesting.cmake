# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# Functions that define the project's tests, one for each kind.

set(CHARCOUNT_TEST_TIMEOUT 60 CACHE STRING "Seconds after which a test counts as failed")

# charcount_add_test(<name> <source>...)
#
# A doctest executable; each of its test cases is a test of ctest's, named "<name>/<sentence>". For
# another machine the executable is one test: an emulator takes a while to start.
function(charcount_add_test name)
  add_executable(${name} ${ARGN})
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
  target_link_libraries(
    ${name} PRIVATE charcount::charcount charcount_dev charcount_test_main charcount_test_servers
  )
  if(CMAKE_CROSSCOMPILING)
    # Qemu cannot ask a socket for its segments (TCP_INFO). Wine has no Unix domain sockets, gives
    # the end of the stream to who reads after a reset, and leaves a write under way when its socket
    # is closed (docs/platforms.md).
    set(excluded
        "*with one write<charcount::test::Tcp*,*coroutine is answered with one write*"
    )
    if(WIN32)
      set(excluded
          "*Local*,on_close is told of a reset*,a reset is the system's error,a server is destroyed after its loop*"
      )
    endif()
    add_test(NAME ${name} COMMAND ${name} "--test-case-exclude=${excluded}")
    set_tests_properties(
      ${name} PROPERTIES TIMEOUT ${CHARCOUNT_TEST_TIMEOUT} FAIL_REGULAR_EXPRESSION "test cases: +0"
    )
    return()
  endif()
  # A name that doctest's filter does not find again would run nothing, and pass.
  doctest_discover_tests(
    ${name}
    TEST_PREFIX "${name}/"
    PROPERTIES TIMEOUT ${CHARCOUNT_TEST_TIMEOUT} FAIL_REGULAR_EXPRESSION "test cases: +0"
  )
endfunction()

# charcount_add_process_test(<name> NEEDS <target>...)
#
# Runs process/<name>.py, which uses Python's unittest and finds the programs below the folder that
# the environment variable CHARCOUNT_BIN_DIR names; CHARCOUNT_EMULATOR is what runs them, if anything.
# Left out where Python or a program is not built, and for Windows, which has no signals to send.
function(charcount_add_process_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "NEEDS")
  foreach(needed IN LISTS arg_NEEDS ITEMS Python3::Interpreter)
    if(NOT TARGET ${needed})
      message(STATUS "charcount: without ${needed} the test process/${name} is left out")
      return()
    endif()
  endforeach()
  if(WIN32)
    return()
  endif()
  # By its path, as CMake would have a target run by the emulator. -B: no __pycache__ in the sources.
  add_test(
    NAME "process/${name}"
    COMMAND "${Python3_EXECUTABLE}" -B -m unittest -v ${name}
    WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}/process"
  )
  # unittest calls it a success when it has found no test. COST: as they take long, they begin first.
  set_tests_properties(
    "process/${name}"
    PROPERTIES ENVIRONMENT
               "CHARCOUNT_BIN_DIR=${PROJECT_BINARY_DIR}/bin;CHARCOUNT_EMULATOR=${CMAKE_CROSSCOMPILING_EMULATOR}"
               TIMEOUT ${CHARCOUNT_TEST_TIMEOUT}
               FAIL_REGULAR_EXPRESSION "Ran 0 tests"
               COST 60
  )
endfunction()

# charcount_add_compile_fail_test(<name> <source> <regex>)
#
# The source must fail to compile with a single error, and the output must match the expression.
function(charcount_add_compile_fail_test name source regex)
  add_test(
    NAME "compile_fail/${name}"
    COMMAND
      ${CMAKE_COMMAND} "-DBUILD_DIR=${CMAKE_BINARY_DIR}"
      "-DCONTROL=${CMAKE_CURRENT_SOURCE_DIR}/compile_fail/compiles.cpp"
      "-DSOURCE=${CMAKE_CURRENT_SOURCE_DIR}/${source}" "-DREGEX=${regex}" -P
      "${PROJECT_SOURCE_DIR}/cmake/CheckCompileFails.cmake"
  )
  set_tests_properties("compile_fail/${name}" PROPERTIES TIMEOUT ${CHARCOUNT_TEST_TIMEOUT})
endfunction()
