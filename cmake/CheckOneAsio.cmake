# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# Run by ctest: fails when a header of Asio came from elsewhere than ASIO_DIRS. Where two versions
# are installed, a header that the chosen one lacks is silently taken from the other.

execute_process(
  COMMAND "${NINJA}" -C "${BUILD_DIR}" -t deps
  OUTPUT_VARIABLE dependencies
  COMMAND_ERROR_IS_FATAL ANY
)
string(REGEX MATCHALL "[^\n]*/asio/[^\n]*\\.[hi]pp" headers "${dependencies}")
list(TRANSFORM headers STRIP)
list(REMOVE_DUPLICATES headers)

set(count 0)
set(foreign "")
foreach(header IN LISTS headers)
  set(is_good FALSE)
  # The project itself may lie below a folder named asio.
  foreach(dir IN LISTS ASIO_DIRS PROJECT_DIR)
    cmake_path(IS_PREFIX dir "${header}" NORMALIZE is_below)
    if(is_below)
      set(is_good TRUE)
    endif()
  endforeach()
  if(is_good)
    math(EXPR count "${count} + 1")
  else()
    string(APPEND foreign "\n  ${header}")
  endif()
endforeach()

if(foreign)
  message(FATAL_ERROR "not from ${ASIO_DIRS}:${foreign}")
elseif(count EQUAL 0)
  message(FATAL_ERROR "no header of Asio was used from ${ASIO_DIRS}")
endif()
message("${count} headers, all from ${ASIO_DIRS}")
